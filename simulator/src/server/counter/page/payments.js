// The payments, and one of them in full: what may be done with it, its picture, ledger and belief.

import { ask } from './ask.js'
import { by, keep, make, mark, renew, say } from './dom.js'
import { exchangesOf } from './exchanges.js'
import { picture } from './picture.js'
import { OUTCOMES, time } from './words.js'

/** The newest payment is shown until the person chooses another. */
export function choosePayment(view) {
  const { payments } = view.shown
  const chosen = payments.find((payment) => payment.summary.id === view.payment)
  view.current = chosen ?? payments[0] ?? null
}

/** Shows the list and the chosen one. */
export function showPayments(view) {
  const { payments, places } = view.shown
  by('no-payments').hidden = payments.length > 0
  keep(by('payments'), payments, ({ summary }) => summary.id, ({ summary }) => make('li', {},
    make('button', { type: 'button', onclick: () => view.choosePayment(summary.id) },
      make('span', { class: 'name', text: summary.reference }), make('span', { class: 'sum' }),
      make('span', { class: 'place' }), make('span', { class: 'state' }, make('span', { class: 'badge' })))),
  (node, payment) => {
    const { summary, provider } = payment
    const button = node.firstElementChild
    mark(button, 'aria-current', payment === view.current)
    say(button.querySelector('.sum'), `${summary.amounts.asked.text} ${summary.amounts.asked.currency}`)
    say(button.querySelector('.place'), places.find((place) => place.provider === provider).title)
    badge(button.querySelector('.badge'), summary.outcome)
  })
  showOthers(view.shown)
  by('detail').hidden = !view.current
  if (view.current) showDetail(view, view.current)
}

/** Charges that are none of this till's: of a program that somebody is writing, perhaps. */
function showOthers({ others, places }) {
  by('others-part').hidden = !others.length
  keep(by('others'), others, ({ id }) => id, ({ provider, amount }) => make('li', {},
    make('span', { text: places.find((place) => place.provider === provider).title }),
    make('span', { class: 'sum', text: amount }), make('span', { class: 'badge', 'data-kind': 'plain' })),
  (node, { standing }) => say(node.querySelector('.badge'), standing))
}

function badge(node, outcome) {
  const [text, kind] = OUTCOMES[outcome]
  mark(node, 'data-kind', kind)
  say(node, text)
}

function showDetail(view, payment) {
  const { summary } = payment
  const place = view.shown.places.find((other) => other.provider === payment.provider)
  if (by('detail').dataset.payment !== summary.id) complain(null)
  by('detail').dataset.payment = summary.id
  say(by('detail-title'), `${summary.reference} at ${place.title}`)
  badge(by('detail-state'), summary.outcome)
  say(by('detail-reason'), reason(summary))
  renew(by('detail-acts'), [summary.id, actsFor(summary, place)], () => buttons(payment, actsFor(summary, place)))
  const exchanges = exchangesOf(summary.id)
  renew(by('picture'), [summary.id, payment.story.length, payment.moments.length, exchanges.length], () => [picture(payment, exchanges, place, by('picture').clientWidth)])
  renew(by('lines'), payment.lines, () => payment.lines.map(row))
  mark(by('verdict'), 'class', payment.differs ? 'verdict differs' : 'verdict')
  say(by('verdict'), payment.differs ? 'They differ: the till does not know all of it yet.' : 'They agree.')
  renew(by('story'), payment.story, () => payment.story.map(({ at_ms: atMs, sentence }) =>
    make('li', {}, make('time', { text: time(atMs) }), make('span', { text: sentence }))))
}

function reason(summary) {
  const words = [`status ${summary.status.replaceAll('_', ' ')}`]
  if (summary.reason) words.push(summary.reason.detail ?? summary.reason.code)
  for (const alarm of summary.alarms ?? []) words.push(`alarm: ${alarm.replaceAll('_', ' ')}`)
  if (summary.card_last_four) words.push(`${summary.card_scheme ?? 'card'} ${summary.card_last_four}`)
  if (summary.details?.entry) words.push(summary.details.entry)
  return words.join(' · ')
}

function row(line) {
  return make('tr', { class: line.differs ? 'differs' : null },
    make('th', { scope: 'row', text: line.name }),
    make('td', { text: line.ledger }),
    make('td', {}, line.till, line.differs ? make('span', { class: 'hidden', text: ' (differs)' }) : null))
}

/** What may be done with a payment, as names; the till itself has the last word. */
function actsFor(summary, place) {
  const acts = []
  const waiting = (summary.details?.conditions ?? []).filter((one) => one.status === 'awaiting-till')
  if (summary.outcome === 'open') acts.push(...waiting.map(({ id, message }) => ({ act: 'answer', id, message })))
  if (['open', 'unknown'].includes(summary.outcome) && place.can.cancel) acts.push({ act: 'cancel' })
  if (summary.outcome === 'held') {
    acts.push({ act: 'capture', amount: summary.amounts.remaining.text, reference: referenceOf('capture', summary) })
    if (place.can.cancel) acts.push({ act: 'release' })
  }
  const left = summary.amounts.remaining.minor - summary.amounts.returning.minor
  if (['paid', 'part_paid'].includes(summary.outcome) && place.can.refund && left > 0) {
    acts.push({ act: 'refund', amount: summary.amounts.remaining.text, reference: referenceOf('refund', summary) })
  }
  if (summary.outcome === 'unknown') acts.push({ act: 'resolve' })
  return acts
}

/**
 * The reference of the next capture or refund. It stays the same until the till says that the
 * operation is over, so that a second press never moves money twice.
 */
function referenceOf(act, summary) {
  const over = (summary.operations ?? [])
    .filter(({ kind, progress }) => kind === act && ['done', 'refused'].includes(progress))
    .map(({ reference }) => reference)
  let number = 1
  while (over.includes(`${act}-${number}`)) number += 1
  return `${act}-${number}`
}

function buttons({ summary }, acts) {
  const send = (verb, body) => async (event) => {
    event?.preventDefault()
    const { error } = await ask(`/counter/payments/${summary.id}/${verb}`, typeof body === 'function' ? body() : body)
    complain(error)
  }
  const button = (text, verb, body) => make('button', { type: 'button', class: 'quiet', 'data-act': verb, text, onclick: send(verb, body) })
  return acts.flatMap((one) => {
    switch (one.act) {
      case 'answer':
        return [make('span', { class: 'tick', text: `${one.message}:` }),
          button('Accept', 'answer', { condition: one.id, accept: true }),
          button('Refuse', 'answer', { condition: one.id, accept: false })]
      case 'cancel':
        return [button('Cancel', 'cancel', {})]
      case 'release':
        return [button('Release', 'cancel', {})]
      case 'resolve':
        return saying(button)
      default:
        return [movement(one, send)]
    }
  })
}

/** A person's word, with the reason that is kept. */
function saying(button) {
  const why = make('input', { autocomplete: 'off', placeholder: 'How do you know?', 'aria-label': 'How do you know?', 'data-why': true })
  const said = (word) => () => ({ word, reason: why.value.trim() })
  return [why, button('A person says: paid', 'resolve', said('paid')),
    button('A person says: not paid', 'resolve', said('not-paid'))]
}

/** A capture or refund of so much, under this reference. */
function movement({ act, amount, reference }, send) {
  const text = act === 'refund' ? 'Refund' : 'Capture'
  const input = make('input', { inputmode: 'decimal', autocomplete: 'off', value: amount, 'aria-label': `${text}: how much` })
  const name = make('input', { autocomplete: 'off', value: reference, 'aria-label': `${text}: its reference`, 'data-reference': true })
  const body = () => ({ reference: name.value.trim(), amount: input.value.trim() })
  return make('form', { onsubmit: send(act, body) }, input, name,
    make('button', { type: 'submit', class: 'quiet', 'data-act': act, text }))
}

function complain(error) {
  by('detail-problem').hidden = !error
  say(by('detail-problem'), error?.message ?? '')
}
