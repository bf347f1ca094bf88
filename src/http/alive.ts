const ANSWER_WITHIN_MS = 2_000

/** Whether a hotline's API answers at this address and port. */
export async function hotlineAnswers(bind: string, port: number): Promise<boolean> {
  const host = bind === '0.0.0.0' ? '127.0.0.1' : bind
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const response = await fetch(`http://${host}:${port}/health/live`, { signal })
    const body: unknown = await response.json()
    return (body as { alive?: unknown } | null)?.alive === true
  } catch {
    return false // Nobody is there, or somebody else.
  }
}
