/**
 * The figures of a call centre, as domain.md ("Figures") defines them. Each takes raw counts or ms and gives a share
 * (0 to 1) or ms; null where there is nothing to divide by: no calls is not 0 %.
 */
const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null)

/** domain.md: answered within T ÷ (answered + abandoned − short abandons). */
export const serviceLevel = (of: { answeredWithin: number; answered: number; abandoned: number; short: number }) =>
  share(of.answeredWithin, of.answered + of.abandoned - of.short)

/** domain.md: (abandoned − short) ÷ (offered to a queue − short). */
export const abandonment = (of: { abandoned: number; short: number; offeredToQueue: number }) =>
  share(of.abandoned - of.short, of.offeredToQueue - of.short)

/** Of the promised waits whose outcome is known, those that were kept. */
export const promisesKept = (of: { promisesKept: number; promisesBroken: number }) =>
  share(of.promisesKept, of.promisesKept + of.promisesBroken)

/** How far, in the mean, the wait was from what half of such callers were to wait at most. ms. */
export const promiseError = (of: { promiseErrorMs: number; promisedServed: number }) =>
  share(of.promiseErrorMs, of.promisedServed)

/** domain.md: ASA = sum of wait of answered ÷ answered. ms. */
export const averageSpeedOfAnswer = (of: { waitOfAnsweredMs: number; answered: number }) =>
  share(of.waitOfAnsweredMs, of.answered)

/** domain.md: AHT = (talk + hold + wrap-up) ÷ handled. ms. */
export const averageHandlingTime = (of: { talkMs: number; holdMs: number; wrapUpMs: number; handled: number }) =>
  share(of.talkMs + of.holdMs + of.wrapUpMs, of.handled)

/** Of the callbacks whose outcome is known, those whose customer was first dialled within the promised time. */
export const callbacksKept = (of: { callbacksKept: number; callbacksBroken: number }) =>
  share(of.callbacksKept, of.callbacksKept + of.callbacksBroken)

/** An agent's time, ms. Signed in = ready + ringing + dialling + talk + hold + wrap-up + paused. */
export type AgentTime = {
  signedInMs: number
  ringingMs: number
  diallingMs: number
  talkMs: number
  holdMs: number
  wrapUpMs: number
  pausedMs: number
}

/** domain.md: occupancy = (ringing + talk + hold + wrap-up) ÷ (signed-in − paused). Who dials is as little free as whose phone rings. */
export const occupancy = (of: AgentTime) =>
  share(of.ringingMs + of.diallingMs + of.talkMs + of.holdMs + of.wrapUpMs, of.signedInMs - of.pausedMs)

/** domain.md: utilisation = (talk + hold + wrap-up) ÷ signed-in. */
export const utilisation = (of: Pick<AgentTime, 'talkMs' | 'holdMs' | 'wrapUpMs' | 'signedInMs'>) =>
  share(of.talkMs + of.holdMs + of.wrapUpMs, of.signedInMs)

/**
 * domain.md: CSAT = answers of 4 or 5 on 1–5 ÷ answers. Of a call the first such answer counts: the response rate beside it has the same answers
 * above its line and one survey a call below, and what is asked after it need not be about the agent. `report/surveys.ts` has each question by itself.
 */
export const satisfaction = (of: { goodAnswers: number; answers: number }) => share(of.goodAnswers, of.answers)

/** Of one question on yes-no. */
export const yesShare = (of: { yes: number; yesNoAnswers: number }) => share(of.yes, of.yesNoAnswers)

/** domain.md: NPS = share of 9–10 minus share of 0–6. From −1 to 1. */
export const netPromoterScore = (of: { promoters: number; detractors: number; npsAnswers: number }) =>
  share(of.promoters - of.detractors, of.npsAnswers)

/**
 * domain.md: FCR = calls from a number with no second call on the same subject within 7 days ÷ calls. The subject is the
 * line, and the calls are the answered ones: who was never heard is no first contact.
 */
export const firstContactResolution = (of: { resolved: number; contacts: number }) => share(of.resolved, of.contacts)

/** domain.md: always beside CSAT: answers ÷ surveys offered. A survey with several questions is answered once. */
export const responseRate = (of: { surveysAnswered: number; surveysOffered: number }) =>
  share(of.surveysAnswered, of.surveysOffered)
