/**
 * Waits for an answer, and no longer than `ms`: then it rejects with what `silence` makes of it. Who was asked goes on by
 * themselves; nobody waits for them any more.
 */
export async function inTime<T>(
  asked: Promise<T>,
  ms: number,
  silence: () => Error = () => new Error(`No answer within ${ms} ms`),
): Promise<T> {
  let patience: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, failed) => {
    patience = setTimeout(() => failed(silence()), ms)
  })
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(patience)
  }
}
