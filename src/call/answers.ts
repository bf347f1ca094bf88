import type { Call, Spoken } from './call.ts'
import type { Fact } from './facts.ts'

/** What facts make of what callers say, for those who call back or of a talk. */

/** The message is kept or dropped. */
export const lookedOver = ({ surveyOffered }: Call): Partial<Call> => ({
  phase: surveyOffered ? 'surveying' : 'in-flow',
  message: null,
})

export function commented({ comments = [], answers = [], message }: Call): Partial<Call> {
  const { id, name, from, to } = message!
  const spoken: Spoken = { name: name!, scale: 'spoken', message: id, ms: to! - from }
  return { comments: [...comments, message!], answers: [...answers, spoken] }
}

/** The flow may go by the answer, as by any of its words. */
export function answered(
  call: Call,
  { rating, name, scale = '1-5' }: Fact & { kind: 'SurveyAnswered' },
): Partial<Call> {
  return {
    ...(scale === '1-5' && { rating: call.rating ?? rating }),
    answers: [...(call.answers ?? []), { name: name ?? 'rating', scale, score: rating, low: false }],
    ...(name !== undefined && { words: { ...call.words, [name]: rating } }),
  }
}
