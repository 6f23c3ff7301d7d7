// The counter: listens to the server's events and shows what they tell. It decides nothing.

import { ask } from './ask.js'
import { showDevices } from './devices.js'
import { by, mark, say } from './dom.js'
import { showExchanges, takeExchanges } from './exchanges.js'
import { choosePayment, showPayments } from './payments.js'
import { openSale, showSale } from './sale.js'
import { showTroubles } from './trouble.js'
import { OUTCOMES, SCREENS, minute } from './words.js'

/** What is shown, and what the person at the page has chosen. */
const view = {
  shown: null,
  provider: 'qonto',
  payment: null,
  chooseProvider(provider) {
    view.provider = provider
    show()
  },
  choosePayment(payment) {
    view.payment = payment
    show()
  },
}

let clock = null

function show() {
  if (!view.shown) return
  choosePayment(view)
  showDevices(view)
  showSale(view)
  showTroubles(view)
  showPayments(view)
  showExchanges(view)
}

/** Says aloud what has changed at a terminal or with a payment. */
function announce(before, after) {
  if (!before) return
  const words = []
  for (const place of after.places) {
    const known = before.places.find((other) => other.provider === place.provider)
    if (known.held.screen !== place.held.screen) {
      const says = SCREENS[place.held.screen].filter(Boolean).join('. ')
      words.push(`${place.title} terminal: ${says}.`)
    }
  }
  for (const { summary } of after.payments) {
    const known = before.payments.find((other) => other.summary.id === summary.id)
    if (known?.summary.outcome !== summary.outcome) {
      words.push(`${summary.reference} is ${OUTCOMES[summary.outcome][0]}.`)
    }
  }
  if (words.length) say(by('voice'), words.join(' '))
}

function tick() {
  if (!clock) return
  const nowMs = clock.atMs + (performance.now() - clock.seen) * clock.pace
  say(by('clock'), minute(nowMs))
}

function showClock({ now_ms: nowMs, shown }) {
  clock = { atMs: nowMs, seen: performance.now(), pace: shown.pace }
  const minutes = Math.round(shown.ahead_ms / 60_000)
  say(by('ahead'), minutes ? `${minutes} min ahead` : '')
  tick()
}

function line(state, text) {
  mark(by('line'), 'data-state', state)
  say(by('line-text'), text)
}

function listen() {
  const events = new EventSource('/counter/events')
  events.addEventListener('open', () => line('live', 'Live'))
  events.addEventListener('error', () => line('lost', 'The simulator is gone; waiting for it'))
  events.addEventListener('trouble', (event) => line('lost', JSON.parse(event.data).shown.message))
  events.addEventListener('exchanges', (event) => {
    takeExchanges(JSON.parse(event.data))
    show()
  })
  events.addEventListener('state', (event) => {
    const news = JSON.parse(event.data)
    announce(view.shown, news.shown)
    view.shown = news.shown
    showClock(news)
    show()
    document.body.dataset.ready = 'true'
  })
}

by('forward').addEventListener('click', () => ask('/control/clock', { ms: 30 * 60_000 }))
openSale(view)
listen()
setInterval(tick, 5_000)
