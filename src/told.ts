/** What a person at the terminal (or systemd) has told us by Ctrl-C or a signal to end. */
export type Told = { readonly toStop: Promise<void>; readonly hasBeen: () => boolean }

/** The first time asks to end in good order; `onFirst` may say so. A second time ends the program at once. */
export function listenForStop(onFirst: () => void): Told {
  let told = false
  const toStop = new Promise<void>(done => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (told) process.exit(130)
        told = true
        onFirst()
        done()
      })
    }
  })
  return { toStop, hasBeen: () => told }
}
