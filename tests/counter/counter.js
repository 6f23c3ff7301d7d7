// A counter for one test: a simulator of its own and a page in a real browser.
//
// Nothing here sleeps or tries again: whoever needs something waits for the page to show it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { after, before } from 'node:test'
import { chromium } from 'playwright-core'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PROGRAM = process.env.TILLKIT_SIMULATOR ?? `${ROOT}target/debug/tillkit-simulator`
const TILL = process.env.TILLKIT_TILL ?? `${ROOT}target/debug/till`
const CHROMIUM = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const PICTURES = `${ROOT}target/counter`
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const WIDE = { width: 1440, height: 1000 }
export const TABLET = { width: 834, height: 1112 }
export const PHONE = { width: 390, height: 844 }

let browser

/** One browser for all tests of a file. */
export function withBrowser() {
  before(async () => {
    mkdirSync(PICTURES, { recursive: true })
    const executablePath = CHROMIUM.find((path) => path && existsSync(path))
    assert.ok(executablePath, 'no Chromium: install the package chromium, or say where it is in CHROMIUM')
    // It has no sandbox of its own where it runs as root; it sees nothing but our page.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })
  after(() => browser?.close())
}

/**
 * A page at a new simulator; both end with the test.
 * @param {import('node:test').TestContext} test
 * @param {{ pace?: number, viewport?: object, dark?: boolean }} [options]
 */
export function open(test, { pace = 1, ...look } = {}) {
  return openAt(test, [PROGRAM, '--port', '0', '--pace', String(pace)], (line) => line, look)
}

/**
 * A page at a new demo, which tells its story meanwhile; both end with the test.
 * @param {import('node:test').TestContext} test
 */
export function openAtDemo(test) {
  return openAt(test, [TILL, 'demo', '--counter'], (line) => line.match(/^counter +(\S+)$/)?.[1])
}

async function openAt(test, [program, ...words], urlIn, { viewport = WIDE, dark = false } = {}) {
  const simulator = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(simulator, 'exit')
  let context
  let counter
  // The page goes first: it would complain of a server that is gone.
  test.after(async () => {
    await context?.close()
    simulator.kill()
    await ended
    assert.deepEqual(counter?.complaints, [], 'the console is silent')
  })
  const said = new Promise((resolve) => {
    createInterface({ input: simulator.stdout }).on('line', (line) => urlIn(line) && resolve([urlIn(line)]))
  })
  const [url] = await Promise.race([said, ended])
  assert.equal(typeof url, 'string', `the simulator ended with ${url}`)
  context = await browser.newContext({
    viewport, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', locale: 'en-GB',
  })
  const page = await context.newPage()
  counter = new Counter(page, url, simulator)
  await page.goto(url)
  await page.waitForSelector('body[data-ready]')
  return counter
}

class Counter {
  /** What the browser's console has complained of. */
  complaints = []
  /** The connection is about to break, and the browser will say so. */
  mayBreak = false

  constructor(page, url, simulator) {
    this.page = page
    this.url = url
    this.simulator = simulator
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      // A refusal of the till is an answer; the browser writes a line of its own for it.
      const expected = message.text().includes('422') || this.mayBreak
      if (['error', 'warning'].includes(message.type()) && !expected) this.complaints.push(message.text())
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) this.complaints.push(`asked ${request.url()}`)
    })
  }

  /** Charges at a provider. */
  async charge(provider, amount = '13.30') {
    await this.choose(provider)
    await this.page.fill('#amount', amount)
    await this.page.click('#charge')
  }

  async choose(provider) {
    await this.page.check(`#providers input[value="${provider}"]`, { force: true })
  }

  /** Waits until a device shows this. */
  screen(provider, screen) {
    return this.page.waitForSelector(`[data-name="${provider}"][data-screen="${screen}"]`)
  }

  /** Lets the customer at a device do this. */
  do(provider, act) {
    return this.page.click(`[data-name="${provider}"] [data-act="${act}"]`)
  }

  /** Switches a trouble on, and waits until it is. */
  async arm(provider, trouble) {
    await this.choose(provider)
    await this.page.click(`[data-trouble="${trouble}"]`)
    await this.page.waitForSelector(`[data-trouble="${trouble}"][aria-checked="true"]`)
  }

  /** Waits until the chosen payment has this outcome. */
  outcome(word) {
    return this.page.locator('#detail-state', { hasText: new RegExp(`^${word}$`) }).waitFor()
  }

  /** Waits until ledger and belief agree, or differ. */
  verdict(word) {
    return this.page.locator('#verdict', { hasText: word }).waitFor()
  }

  /** A line of the table: what the ledger and what the till says. */
  async line(name) {
    const row = this.page.locator('#lines tr', { has: this.page.locator('th', { hasText: name }) })
    return row.locator('td').evaluateAll((cells) => cells.map((cell) => cell.firstChild.textContent))
  }

  /** Exchanges of the chosen payment, newest first, as method, way and fate. */
  async exchanges() {
    const texts = await this.page.locator('#http summary').evaluateAll((rows) =>
      rows.map((row) => ['.way', '.verb', '.status'].map((part) => row.querySelector(part).textContent)))
    return texts.map((parts) => parts.join(' '))
  }

  /** What the provider really did. */
  async ledger(provider) {
    const response = await fetch(`${this.url}control/${provider}/ledger`)
    return response.json()
  }

  /** Everything that axe-core finds wrong, in a line each. */
  async violations() {
    await this.page.evaluate(AXE)
    const { violations } = await this.page.evaluate(() => globalThis.axe.run())
    return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`))
  }

  /** A picture for people to look at. */
  picture(name) {
    return this.page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true })
  }
}
