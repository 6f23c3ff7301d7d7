// The page itself: who can use it, on what, and what it never shows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PHONE, TABLET, WIDE, open, withBrowser } from './counter.js'

withBrowser()

const LOOKS = [
  { name: 'wide-light', viewport: WIDE, dark: false },
  { name: 'wide-dark', viewport: WIDE, dark: true },
  { name: 'phone-light', viewport: PHONE, dark: false },
  { name: 'phone-dark', viewport: PHONE, dark: true },
  { name: 'tablet-light', viewport: TABLET, dark: false },
]

/** What is wider than the room that it has: nothing but the timeline may be. */
const tooWide = (counter) => counter.page.evaluate(() =>
  [document.documentElement, ...document.querySelectorAll('.card, .device, .glass, form, .http')]
    .filter((node) => node.scrollWidth > node.clientWidth + 1)
    .map((node) => `${node.tagName} ${node.className}: ${node.scrollWidth} in ${node.clientWidth}`))

for (const { name, viewport, dark } of LOOKS) {
  test(`axe-core finds nothing: ${name}`, async (t) => {
    const counter = await open(t, { viewport, dark })
    assert.deepEqual(await counter.violations(), [], 'before the first sale')
    assert.deepEqual(await tooWide(counter), [], 'before the first sale')
    await counter.picture(`${name}-empty`)
    await counter.arm('dintero', 'double-webhook')
    await counter.choose('qonto')
    await counter.do('qonto', 'plug')
    await counter.charge('qonto')
    await counter.charge('vinr')
    await counter.screen('vinr', 'prompt')
    await counter.do('vinr', 'tap')
    await counter.screen('vinr', 'approved')
    await counter.page.click('#forward')
    await counter.page.locator('#payments .badge', { hasText: 'unknown' }).waitFor()
    await counter.charge('centrapay')
    await counter.page.waitForSelector('[data-name="centrapay"] svg.qr')
    if (viewport !== PHONE) await counter.choose('dintero')
    await counter.page.locator('#payments button', { hasText: 'Qonto' }).click()
    await counter.outcome('unknown')
    await counter.page.locator('#http summary').first().click()
    await counter.page.waitForSelector('#http pre')
    assert.deepEqual(await counter.violations(), [], 'with sales, doubt and an open exchange')
    assert.deepEqual(await tooWide(counter), [], 'with sales, doubt and an open exchange')
    await counter.picture(`${name}-full`)
  })
}

test('everything is reached and done by the keyboard, and focus stays while the page changes', async (t) => {
  const counter = await open(t)
  const { page } = counter
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.dataset.act || document.activeElement.value)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip')
  await page.keyboard.press('Enter')
  await page.focus('#amount')
  await page.keyboard.press('Enter')
  await counter.screen('qonto', 'prompt')
  assert.equal(await focused(), 'amount')
  await page.focus('[data-name="qonto"] [data-act="insert"]')
  await page.keyboard.press('Space')
  await counter.outcome('paid')
  await page.locator('#voice', { hasText: 'order-1 is paid' }).waitFor({ state: 'attached' })
  await page.focus('#payments button')
  await page.keyboard.press('Enter')
  await page.focus('[data-trouble="delay"]')
  await page.keyboard.press('Space')
  await page.waitForSelector('[data-trouble="delay"][aria-checked="true"]')
  assert.equal(await page.evaluate(() => document.activeElement.dataset.trouble), 'delay')
})

test('no secret leaves the server', async (t) => {
  const counter = await open(t)
  for (const provider of ['qonto', 'vinr', 'dintero']) {
    await counter.charge(provider)
    await counter.screen(provider, 'prompt')
    await counter.do(provider, 'tap')
    await counter.outcome('paid')
  }
  await counter.choose('centrapay')
  await counter.page.fill('#code', '424242424')
  await counter.charge('centrapay')
  await counter.outcome('paid')
  await counter.page.check('#http-all')
  const summaries = counter.page.locator('#http summary')
  for (let at = 0; at < await summaries.count(); at += 1) await summaries.nth(at).click()
  const text = (await counter.page.locator('#http').innerText()).toLowerCase()
  for (const secret of ['simulated-access-token', 'simulated-staging-token', 'sk_test_simulated',
    'simulated-client-secret', 'simulated-token-', 'simulated-terminal-key', '424242424']) {
    assert.ok(!text.includes(secret), `${secret} is on the page`)
  }
  assert.ok(text.includes('authorization: ••••••'), 'that there was one is shown')
})

test('what another till charges is seen too, and stays apart', async (t) => {
  const counter = await open(t)
  const response = await fetch(`${counter.url}vinr/v1/terminal/payments`, {
    method: 'POST', headers: { 'x-api-key': 'sk_test_simulated', 'content-type': 'application/json', 'idempotency-key': 'own-1' },
    body: JSON.stringify({ terminalId: 'trm_0', amount: 990, currency: 'EUR' }),
  })
  assert.equal(response.status < 300, true)
  await counter.page.locator('#others li', { hasText: '9.90 EUR' }).locator('.badge', { hasText: 'taken' }).waitFor()
  assert.equal(await counter.page.locator('#payments li').count(), 0)
  assert.deepEqual(await counter.violations(), [])
  await counter.picture('other-tills')
})

test('the page says when the simulator is gone', async (t) => {
  const counter = await open(t)
  counter.mayBreak = true
  counter.simulator.kill()
  await counter.page.waitForSelector('#line[data-state="lost"]')
})
