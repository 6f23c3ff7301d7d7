// The HTTP that went over the wire, newest first; the server has masked the secrets.

import { by, keep, make, say } from './dom.js'
import { time } from './words.js'

/** How many are kept on the page. */
const KEPT = 400
const SHOWN = 80

const known = new Map()
let sorted = []

/** Takes new ones in; one that came before is the same. */
export function takeExchanges(list) {
  for (const exchange of list) known.set(exchange.key, exchange)
  sorted = [...known.values()].sort((one, other) => one.at_ms - other.at_ms)
  for (const { key } of sorted.splice(0, Math.max(0, sorted.length - KEPT))) known.delete(key)
}

/** Those of one payment, in order: also requests that were refused before the provider knew it. */
export const exchangesOf = (payment) => sorted.filter((exchange) =>
  exchange.payment ? exchange.payment === payment : `${exchange.path} ${exchange.body}`.includes(payment))

/** Reads in a row that came to the same are one, and say how often. */
export function merged(exchanges) {
  const rows = []
  const last = new Map()
  for (const exchange of exchanges) {
    const before = last.get(exchange.provider)
    const read = before && before.method === 'GET' && exchange.method === 'GET' && !before.told && !exchange.told
    if (read && ['path', 'status', 'lost', 'answer'].every((name) => before[name] === exchange[name])) {
      before.times += 1
      continue
    }
    const row = { ...exchange, times: 1 }
    last.set(exchange.provider, row)
    rows.push(row)
  }
  return rows
}

/** Shows those of the chosen payment, or all. */
export function showExchanges(view) {
  const all = by('http-all').checked || !view.current
  const list = merged(all ? sorted : exchangesOf(view.current.summary.id)).slice(-SHOWN).reverse()
  by('no-http').hidden = list.length > 0
  by('http-all').onchange = () => showExchanges(view)
  keep(by('http'), list, (exchange) => exchange.key, row, (node, { times }) => {
    say(node.querySelector('.times'), times > 1 ? `×${times}` : '')
  })
}

function row(exchange) {
  const { at_ms: atMs, told, method, path, status, lost, provider } = exchange
  const bad = lost || status >= 400
  const details = make('details', { 'data-told': told ? 'true' : null },
    make('summary', {},
      make('time', { class: 'at', text: time(atMs) }),
      make('span', { class: 'from', text: provider }),
      make('span', { class: 'way', 'aria-label': told ? 'from the provider' : 'to the provider', role: 'img', text: told ? '←' : '→' }),
      make('span', { class: 'verb', text: method }),
      make('span', { class: 'path', text: path, title: path }),
      make('span', { class: 'end' }, make('span', { class: 'times' }),
        make('span', { class: 'badge status', 'data-kind': bad ? 'bad' : 'plain', text: lost ? (status ? 'answer lost' : 'lost') : String(status) }))))
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(inside(exchange))
  })
  return make('li', {}, details)
}

function inside({ method, path, headers, body, status, answer_headers: answerHeaders, answer, after_ms: afterMs, lost, told }) {
  const took = afterMs ? ` after ${afterMs} ms` : ''
  const fate = lost ? (told ? 'nobody answered' : 'this never arrived at the till') : ''
  return make('div', { class: 'wirebox' },
    side('Request', `${method} ${path}`, headers, body),
    side(`Answer${took}${fate ? `: ${fate}` : ''}`, status ? `${status}` : 'none', answerHeaders, answer))
}

function side(title, first, headers, body) {
  const lines = [first, ...headers.map(([name, value]) => `${name}: ${value}`)]
  const text = body ? `${lines.join('\n')}\n\n${pretty(body)}` : lines.join('\n')
  const box = make('pre', { text })
  return make('div', {}, make('h3', { text: title }), box)
}

/** JSON with line breaks, anything else as it is. */
function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
