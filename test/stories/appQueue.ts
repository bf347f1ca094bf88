/**
 * What Asterisk's app_queue would announce (apps/app_queue.c, recalc_holdtime and say_position): a running mean of the waits of
 * those who were served, in whole seconds, of which a new one counts for a quarter; announced as |mean + 30 − waited| in whole
 * minutes, whatever the caller's position.
 */
export class AppQueue {
  readonly #holdSeconds = new Map<string, number>()

  connected(queue: string, waitedMs: number): void {
    const before = this.#holdSeconds.get(queue) ?? 0
    this.#holdSeconds.set(queue, Math.floor((3 * before + Math.floor(waitedMs / 1_000)) / 4))
  }

  announcedMs(queue: string, waitedMs: number): number {
    const seconds = Math.abs((this.#holdSeconds.get(queue) ?? 0) + 30 - Math.floor(waitedMs / 1_000))
    return Math.floor(seconds / 60) * 60_000
  }
}
