// What the page asks of its server.

/**
 * Asks, and says what came: the answer, or the sentence that says why not.
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<{ value?: any, error?: { message: string, code?: string, payment?: string } }>}
 */
export async function ask(path, body = {}) {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  try {
    const response = await fetch(path, request)
    const value = await response.json()
    if (response.ok) return { value }
    // The levers answer with a sentence, the till with a record.
    const error = typeof value.error === 'string' ? { message: value.error } : value
    return { error }
  } catch {
    return { error: { message: 'The simulator does not answer. Is it still running?' } }
  }
}

/** Lets a hand do something with a provider's terminal. */
export const deed = (provider, body) => ask(`/control/${provider}/hand`, body)
