// The counter of the demo: its story is on the page as it happens.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openAtDemo, withBrowser } from './counter.js'

withBrowser()

test('the payments of the story are the counter\'s own', async (t) => {
  const counter = await openAtDemo(t)
  const { page } = counter
  const row = page.locator('#payments button', { hasText: 'Dintero' })
  await row.locator('.badge', { hasText: 'paid' }).waitFor()
  assert.equal(await page.locator('#payments button', { hasText: 'Centrapay' }).count(), 1)
  assert.equal(await page.locator('#others-part').isVisible(), false, 'none is of another till')
  await row.click()
  await counter.outcome('paid')
  await counter.verdict('agree')
  assert.deepEqual(await counter.line('Charges'), ['1', '1'])
  assert.deepEqual(await counter.violations(), [])
  await counter.picture('demo')
})
