// How things are called on the page.

/** What a device says, and what stands below it. */
export const SCREENS = {
  dark: ['', 'No power'],
  ready: ['Ready', 'Waiting for a sale'],
  prompt: ['Tap, insert or swipe', ''],
  left: ['Tap, insert or swipe', 'The customer has left'],
  working: ['One moment', 'Asking the bank'],
  approved: ['Approved', 'Thank you'],
  declined: ['Declined', 'Please pay in another way'],
  cancelled: ['Cancelled', 'No money was taken'],
  expired: ['Timed out', 'No money was taken'],
  reversed: ['Reversed', 'The approval was undone'],
}

/** What is shown of an outcome, and in which colour. */
export const OUTCOMES = {
  open: ['open', 'calm'],
  paid: ['paid', 'good'],
  held: ['held', 'good'],
  part_paid: ['part paid', 'doubt'],
  not_paid: ['not paid', 'plain'],
  returned: ['returned', 'plain'],
  unknown: ['unknown', 'doubt'],
}

/** What can go wrong once. */
export const TROUBLES = [
  ['lose-answer', 'Lose the answer'],
  ['delay', 'Delay the answer 5 s'],
  ['server-error', 'Answer 500, though it ran'],
  ['rate-limited', 'Refuse: too many requests'],
  ['lose-webhook', 'Lose the webhook'],
  ['double-webhook', 'Double the webhook'],
]

/** What happened at a terminal, as the picture writes it. */
export const MOMENTS = {
  prompt: 'asks for a card',
  scanned: 'code scanned',
  asleep: 'no power: kept',
  lost: 'no power: dropped',
  tap: 'tap',
  insert: 'insert',
  swipe: 'swipe',
  approved: 'approved',
  declined: 'declined',
  cancelled: 'cancelled',
  expired: 'timed out',
  reversed: 'reversed',
  left: 'customer left',
  unplugged: 'unplugged',
  'plugged-in': 'plugged in',
  woke: 'old prompt woke',
}

/** The journal's events, as the picture writes them. */
export const EVENTS = {
  created: 'recorded',
  permitted: 'may send',
  answered: 'answered',
  'polls-permitted': 'may poll',
  observed: 'seen',
  hinted: 'notified',
  doubted: 'unknown',
  escalated: 'ask a person',
  resolved: 'a person says',
  abandoned: 'given up',
  'absence-proven': 'never ran',
  'cancel-wished': 'cancel wished',
  'operation-wished': 'asked for',
  'answer-wished': 'condition',
}

/** A moment of the simulator's clock, as people read it. Its zero is a wall clock's. */
const ZERO_MS = 1_795_132_800_000
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const MINUTE = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

export const time = (atMs) => TIME.format(new Date(ZERO_MS + atMs))
export const minute = (atMs) => MINUTE.format(new Date(ZERO_MS + atMs))

/** A length of time, roughly. */
export function span(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`
  return `${Math.round(ms / 60_000)} min`
}

/** How long after the beginning: in seconds, then in minutes and seconds. */
export function since(ms) {
  if (ms < 60_000) return ms ? `+${span(ms)}` : '0 s'
  const seconds = Math.floor(ms / 1_000)
  return `+${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
