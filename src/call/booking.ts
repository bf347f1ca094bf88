import { callbackId } from '../ids.ts'
import { fileOf } from '../recording/tape.ts'
import type { Message } from './call.ts'
import type { Booking } from './promises.ts'
import { dismiss, type Story } from './story.ts'

/** How a promise to call back comes about. */

export type Wanted = {
  readonly queue: string
  readonly because: Booking['because']
  /** Where it is not the caller's own. */
  readonly number?: string
  readonly message?: Message
  /** Where they stand already, and what they were told of it. */
  readonly place?: number
}

/** Whether they will be called back: false where that number may not be dialled, or there is no such line. */
export function book(story: Story, { queue: id, because, number = story.call.from, message, place }: Wanted): boolean {
  const { call, view, at } = story
  const queue = view.queue(id)
  if (!queue || view.dial(number, id, call.to, at).may === 'never') return false
  const booking = callbackId(call.id, call.seq + 1)
  story.add({
    ...{ kind: 'CallbackBooked', id: booking, callback: openFor(story, number, id) ?? booking },
    ...{ number, queue: id, because, place: place ?? at, promisedAt: at, promisedUntil: at + queue.callback.withinMs },
    ...(message && { message: { id: message.id, file: fileOf(message.id, call.arrivedAt) } }),
  })
  return true
}

/** Nobody is called twice for one thing. */
const openFor = ({ call, view }: Story, number: string, queue: string): string | undefined =>
  view.callbackOf(number, queue)?.id ??
  call.booked?.find(one => one.queue === queue && one.number === number && one.id === one.callback)?.callback

/** Whether a caller in this line may leave it and be called when it is their turn. */
export function mayKeepPlace({ call, view, at }: Story): boolean {
  const queue = view.queue(call.queue!)
  return queue?.callback.keepsPlace === true && view.dial(call.from, queue.id, call.to, at).may !== 'never'
}

/** They hang up, or are hung up on; their place stays. */
export function keepPlace(story: Story, place: number): void {
  book(story, { queue: story.call.queue!, because: 'place-kept', place })
  dismiss(story, 'callback-booked', ['callback-booked'])
}
