/**
 * Every id in Asterisk is made from the id of its call, so that a command given twice does no harm and an event
 * finds its call without a look-up table.
 *
 * A call's id is the unique id of the caller's channel (`hotline-1763871911.12`): the word that Asterisk, queue_log and
 * the name of the recording share. What belongs to the call adds `~` and a word: `…12~8001~7` is the leg to agent 8001
 * offered by fact 7, `…12~say9` the prompt that fact 9 had played.
 */
const JOINT = '~'

export const legId = (call: string, agent: string, seq: number): string => [call, agent, seq].join(JOINT)
export const sayId = (call: string, seq: number, to: 'caller' | 'agent' = 'caller'): string =>
  `${call}${JOINT}say${seq}${to === 'agent' ? 'a' : ''}`
/** The silence in which a caller is listened to, or an agent who is offered a callback. */
export const hushId = (call: string): string => `${call}${JOINT}hush`
export const lookupId = (call: string, seq: number): string => `${call}${JOINT}lookup${seq}`
/** To a number outside. */
export const outsideId = (call: string, seq: number): string => `${call}${JOINT}out${seq}`
export const messageId = (call: string, seq: number): string => `${call}${JOINT}message${seq}`
/** Whether a recording is a message of ours. */
export const isMessage = (id: string): boolean => /~message\d+$/.test(id)
/** A call of its own, so without the joint. */
export const callbackId = (call: string, seq: number): string => `cb${seq}-${call}`
export const customerId = (callback: string, seq: number): string => `${callback}${JOINT}customer${seq}`
/** Whether a channel is that of a customer whom we call back. */
export const isCustomer = (id: string): boolean => /~customer\d+$/.test(id)
/** Of a supervisor's leg: where they are; and by what they hear that leg of an agent, the how manieth (Asterisk lets go of a name late). */
export const asideId = (supervisor: string): string => `${supervisor}${JOINT}aside`
export const earId = (supervisor: string, leg: string, turn: number): string =>
  `${supervisor}${JOINT}ear${leg.slice(leg.lastIndexOf(JOINT) + 1)}t${turn}`
/** Whether it is one of that supervisor's. */
export const isEarOf = (supervisor: string, channel: string): boolean => channel.startsWith(`${supervisor}${JOINT}ear`)
export const bridgeId = (call: string): string => `${call}${JOINT}talk`

/** The call that a channel, playback or bridge belongs to. */
export function callOf(id: string): string {
  const joint = id.indexOf(JOINT)
  return joint < 0 ? id : id.slice(0, joint)
}

/** Whether we chose this id: a caller's channel is named by Asterisk. */
export const isOurs = (id: string): boolean => id.includes(JOINT)
