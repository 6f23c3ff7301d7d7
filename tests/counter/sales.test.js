// What a person does at the counter, one story each.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, withBrowser } from './counter.js'

withBrowser()

/** A counter where a sale at Dintero is approved and not yet captured. */
async function held(t) {
  const counter = await open(t)
  await counter.choose('dintero')
  await counter.page.check('#hold')
  await counter.charge('dintero')
  await counter.screen('dintero', 'prompt')
  await counter.do('dintero', 'tap')
  await counter.outcome('held')
  return counter
}

test('a tap is a payment, and ledger and till agree', async (t) => {
  const counter = await open(t)
  await counter.charge('qonto')
  await counter.screen('qonto', 'prompt')
  await counter.picture('prompt')
  await counter.do('qonto', 'tap')
  await counter.screen('qonto', 'approved')
  await counter.outcome('paid')
  await counter.verdict('They agree')
  assert.deepEqual(await counter.line('Approved'), ['13.30 EUR', '13.30 EUR'])
  assert.deepEqual(await counter.line('Charges'), ['1', '1'])
  await counter.picture('tap')
})

test('a declined card is not paid', async (t) => {
  const counter = await open(t)
  await counter.charge('vinr')
  await counter.screen('vinr', 'prompt')
  await counter.do('vinr', 'decline')
  await counter.screen('vinr', 'declined')
  await counter.outcome('not paid')
  await counter.verdict('They agree')
  assert.deepEqual(await counter.line('Charges'), ['0', '0'])
  await counter.picture('decline')
})

test('money goes back in parts, until all of it is returned', async (t) => {
  const counter = await open(t)
  await counter.charge('vinr')
  await counter.screen('vinr', 'prompt')
  await counter.do('vinr', 'tap')
  await counter.outcome('paid')
  const reference = counter.page.locator('#detail-acts input[data-reference]')
  assert.equal(await reference.inputValue(), 'refund-1')
  await counter.page.fill('#detail-acts input', '5,00')
  await counter.page.click('[data-act="refund"]')
  await counter.page.waitForSelector('#detail-problem:not([hidden])')
  assert.equal(await reference.inputValue(), 'refund-1', 'a refused one keeps its reference')
  await counter.page.fill('#detail-acts input', '5.00')
  await counter.page.click('[data-act="refund"]')
  await counter.page.locator('#detail-acts input[value="8.30"]').waitFor()
  await counter.page.locator('#detail-acts input[value="refund-2"]').waitFor()
  await reference.fill('refund-1')
  await counter.page.click('[data-act="refund"]')
  await counter.page.waitForSelector('#detail-problem:not([hidden])')
  await reference.fill('refund-2')
  await counter.verdict('They agree')
  assert.deepEqual(await counter.line('Given back'), ['5.00 EUR', '5.00 EUR'])
  await counter.picture('refund-part')
  await counter.page.click('[data-act="refund"]')
  await counter.outcome('returned')
  await counter.verdict('They agree')
  await counter.picture('refund')
})

test('a tip and a swipe are seen as such', async (t) => {
  const counter = await open(t)
  await counter.charge('vinr')
  await counter.screen('vinr', 'prompt')
  await counter.page.fill('#tip-vinr', '2.00')
  await counter.do('vinr', 'swipe')
  await counter.outcome('paid')
  await counter.page.locator('#detail-reason', { hasText: 'swipe' }).waitFor()
  assert.deepEqual(await counter.line('Approved'), ['15.30 EUR', '15.30 EUR'])
  await counter.picture('tip')
})

test('a customer who walks away is cancelled at the till', async (t) => {
  const counter = await open(t)
  await counter.charge('dintero')
  await counter.screen('dintero', 'prompt')
  await counter.do('dintero', 'leave')
  await counter.screen('dintero', 'left')
  await counter.picture('walked-away')
  await counter.page.click('[data-act="cancel"]')
  await counter.outcome('not paid')
  await counter.screen('dintero', 'cancelled')
})

test('a condition is answered before the customer may pay', async (t) => {
  const counter = await open(t)
  await counter.do('centrapay', 'condition')
  await counter.charge('centrapay')
  await counter.screen('centrapay', 'prompt')
  await counter.page.waitForSelector('[data-name="centrapay"] svg.qr')
  await counter.page.waitForSelector('[data-act="answer"]')
  await counter.picture('condition')
  await counter.do('centrapay', 'tap')
  await counter.screen('centrapay', 'working')
  await counter.page.getByRole('button', { name: 'Accept' }).click()
  await counter.outcome('paid')
  await counter.verdict('They agree')
})

test('a scanned barcode pays without a prompt at the display', async (t) => {
  const counter = await open(t)
  await counter.choose('centrapay')
  await counter.page.click('#scan-card')
  await counter.charge('centrapay')
  await counter.outcome('paid')
  await counter.verdict('They agree')
  await counter.picture('barcode')
})

test('what is held is captured later', async (t) => {
  const counter = await held(t)
  await counter.page.click('[data-act="capture"]')
  await counter.outcome('paid')
  await counter.verdict('They agree')
})

test('what is held is released, and nothing is taken', async (t) => {
  const counter = await held(t)
  await counter.picture('held')
  await counter.page.getByRole('button', { name: 'Release' }).click()
  await counter.outcome('not paid')
  await counter.verdict('They agree')
})

test('a comma is the core\'s to refuse', async (t) => {
  const counter = await open(t)
  await counter.charge('qonto', '13,30')
  await counter.page.waitForSelector('#amount[aria-invalid="true"]')
  assert.equal((await counter.ledger('qonto')).charges.length, 0)
})

test('a sale that is not valid is refused in a sentence, at its field', async (t) => {
  const counter = await open(t)
  await counter.charge('qonto', '13.305')
  await counter.page.waitForSelector('#amount[aria-invalid="true"]')
  const sentence = await counter.page.innerText('#sale-problem')
  assert.match(sentence, /\w+ \w+/)
  assert.equal(await counter.page.evaluate(() => document.activeElement.id), 'amount')
  assert.equal((await counter.ledger('qonto')).charges.length, 0)
  await counter.picture('refused')
})
