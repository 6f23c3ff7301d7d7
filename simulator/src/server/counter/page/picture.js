// One payment as a picture: lanes for till, provider and terminal, time across.
//
// Long waits are drawn short, with their length written into the gap; otherwise a later moment is
// always further to the right, and no two labels of a lane cover each other.

import { draw } from './dom.js'
import { merged } from './exchanges.js'
import { EVENTS, MOMENTS, since, span } from './words.js'

const LANE = { till: 48, provider: 120, terminal: 192 }
const LEFT = 96
const HEIGHT = 248
const BREAK_MS = 20_000
const LETTER = 6.2

const KINDS = {
  approved: 'good', declined: 'bad', expired: 'bad', lost: 'bad', asleep: 'doubt', unplugged: 'bad',
  doubted: 'doubt', escalated: 'doubt', reversed: 'bad', cancelled: 'bad',
}

/** Where a lit prompt ends. */
const ENDS = ['approved', 'declined', 'cancelled', 'expired', 'unplugged']

/** The picture of a payment, at least this wide: its story, its exchanges, the terminal. */
export function picture(payment, exchanges, place, atLeast) {
  const items = [
    ...payment.story.map(ofStory),
    ...merged(exchanges).map(ofExchange),
    ...payment.moments.map((moment) => ofMoment(moment, place.can.card)),
  ].sort((one, other) => one.atMs - other.atMs || one.rank - other.rank)
  const { gaps, width } = stretched(layOut(items), items, atLeast)
  const lanes = { till: 'Till', provider: place.title, terminal: place.can.card ? 'Terminal' : 'Display' }
  return draw('svg', {
    class: 'timeline', width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img',
    'aria-label': `${items.length} moments: the journal beside tells them in words`,
  },
  ...Object.entries(lanes).flatMap(([lane, name]) => [
    draw('line', { class: 'lane', x1: LEFT, x2: width - 16, y1: LANE[lane], y2: LANE[lane] }),
    draw('text', { class: 'lane-name', x: 16, y: LANE[lane] + 4, text: name }),
  ]),
  ...gaps.flatMap(drawGap),
  ...lit(items, width),
  ...items.flatMap((item) => item.draw(item.x)),
  ...axis(items, gaps))
}

function ofStory({ at_ms: atMs, name, sentence }) {
  const silent = name === 'permitted' || name === 'answered'
  const label = silent ? null : nameOf(name, sentence)
  return { atMs, rank: name === 'answered' ? 2 : 0, lane: 'till', label, draw: (x) => point('till', x, label, KINDS[name] ?? 'till') }
}

/** Of a wish, also what was wished: its sentence begins with it. */
function nameOf(name, sentence) {
  const wished = name === 'operation-wished' && /^A (\w+) of/.exec(sentence)
  return wished ? `${wished[1]} asked for` : EVENTS[name] ?? name.replaceAll('-', ' ')
}

function ofMoment({ at_ms: atMs, what }, card) {
  const label = !card && what === 'prompt' ? 'shows the code' : MOMENTS[what] ?? what
  return { atMs, rank: 1, lane: 'terminal', label, what, draw: (x) => point('terminal', x, label, KINDS[what]) }
}

function ofExchange(exchange) {
  const { at_ms: atMs, told, lost, method, status, times } = exchange
  const answer = lost ? 'lost' : status || 'nobody'
  const label = `${told ? 'webhook' : method}${times > 1 ? ` ×${times}` : ''} ${answer}`
  const kind = lost ? 'lost' : told ? 'told' : ''
  return { atMs, rank: 1, lane: 'provider', label, draw: (x) => arrows(x, label, kind, status >= 400 || lost) }
}

/** Gives each item its place, and says where time was left out. */
function layOut(items) {
  const free = { till: LEFT, provider: LEFT, terminal: LEFT }
  const gaps = []
  let x = LEFT + 16
  let before = items[0]?.atMs ?? 0
  for (const item of items) {
    const passed = item.atMs - before
    const step = passed > BREAK_MS ? 72 : 12 + Math.sqrt(Math.max(0, passed)) * 0.5
    const half = item.label ? (item.label.length * LETTER) / 2 + 6 : 4
    const from = x
    x = Math.max(x + (item === items[0] ? 0 : step), free[item.lane] + half)
    if (passed > BREAK_MS) gaps.push({ x: (from + x) / 2, text: span(passed) })
    free[item.lane] = x + half
    item.x = x
    before = item.atMs
  }
  return { gaps, width: Math.ceil(Math.max(...Object.values(free), x) + 24) }
}

/** Uses the room that there is, but draws no short story out for ever. */
function stretched({ gaps, width }, items, atLeast) {
  const factor = Math.min(2, Math.max(1, (atLeast - LEFT - 24) / (width - LEFT - 24)))
  const move = (item) => { item.x = LEFT + (item.x - LEFT) * factor }
  items.forEach(move)
  gaps.forEach(move)
  return { gaps, width: Math.max(atLeast, width) }
}

function point(lane, x, label, kind = '') {
  const y = LANE[lane]
  const above = lane === 'till' ? y - 16 : y + 26
  return [
    draw('circle', { class: `dot ${kind}`, cx: x, cy: y, r: label ? 5 : 3 }),
    label ? draw('text', { class: kind, x, y: above, 'text-anchor': 'middle', text: label }) : null,
  ].filter(Boolean)
}

/** There and back; a lost answer breaks off half way. */
function arrows(x, label, kind, bad) {
  const [top, bottom] = [LANE.till + 6, LANE.provider - 4]
  const middle = (top + bottom) / 2
  const told = kind === 'told'
  const parts = [
    draw('line', { class: `arrow ${kind === 'told' ? 'told' : ''}`, x1: x - 3, x2: x - 3, y1: top, y2: bottom }),
    head(x - 3, told ? top : bottom, told ? -1 : 1, kind),
  ]
  if (kind === 'lost') {
    parts.push(
      draw('line', { class: 'arrow lost', x1: x + 3, x2: x + 3, y1: middle + 4, y2: bottom }),
      draw('path', { class: 'cross', d: `M${x - 1} ${middle - 4}l8 8m0-8l-8 8` }))
  } else if (!told) {
    parts.push(
      draw('line', { class: 'arrow', x1: x + 3, x2: x + 3, y1: top, y2: bottom }),
      head(x + 3, top, -1, kind))
  }
  parts.push(draw('text', { class: `verb ${bad ? 'bad' : ''}`, x, y: LANE.provider + 20, 'text-anchor': 'middle', text: label }))
  return parts
}

const head = (x, y, way, kind) => draw('path', { class: `head ${kind === 'told' ? 'told' : ''}`, d: `M${x} ${y}l-3 ${-5 * way}h6z` })

/** The terminal's screen while it asks for a card. */
function lit(items, width) {
  const moments = items.filter((item) => item.what)
  return moments.flatMap((item, at) => {
    if (item.what !== 'prompt' && item.what !== 'woke') return []
    const end = moments.slice(at + 1).find((other) => ENDS.includes(other.what))
    return [draw('line', { class: 'lit', x1: item.x, x2: end?.x ?? width - 24, y1: LANE.terminal, y2: LANE.terminal })]
  })
}

function drawGap({ x, text }) {
  return [
    draw('line', { class: 'gap-line', x1: x, x2: x, y1: LANE.till - 8, y2: LANE.terminal + 8 }),
    draw('text', { class: 'axis', x, y: HEIGHT - 12, 'text-anchor': 'middle', text: `… ${text} …` }),
  ]
}

/** How long after the first moment, wherever there is room to say so and it is news. */
function axis(items, gaps) {
  const texts = []
  let free = 0
  let last = null
  for (const { x, atMs } of items) {
    const text = since(atMs - items[0].atMs)
    const covered = x < free || gaps.some((gap) => Math.abs(gap.x - x) < 64)
    if (covered || text === last) continue
    texts.push(draw('text', { class: 'axis', x, y: HEIGHT - 12, 'text-anchor': 'middle', text }))
    free = x + 72
    last = text
  }
  return texts
}
