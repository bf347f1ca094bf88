import type { Call } from '../call/call.ts'
import type { Fact } from '../call/facts.ts'
import type { Use } from '../call/supervision.ts'

/** What these facts have begun or ended of supervision, as rows. */
export function supervisionRows(after: Call, facts: readonly Fact[]): Row[] {
  const { id, seq, supervisors = [], leg } = after
  const first = seq - facts.length + 1
  const since = facts[0]?.at ?? after.lastAt
  const uses = supervisors.flatMap(({ phone, uses }) =>
    uses.filter(use => use.seq >= first || (use.to ?? 0) >= since).map(use => row(id, phone, use)),
  )
  const cleared = facts.flatMap(({ kind, at, ...fact }, i) => {
    if (kind !== 'ForceCleared' || !('by' in fact)) return []
    const use = {
      seq: first + i,
      agent: leg!.agent,
      mode: 'force-clear',
      by: String(fact.by),
      from: at,
      to: at,
    } as const
    return row(id, '', use)
  })
  return [...uses, ...cleared]
}

type Row = { readonly seq: number; readonly supervisor: string }
type Used = Omit<Use, 'mode'> & { readonly mode: Use['mode'] | 'force-clear' }

const row = (call_id: string, supervisor: string, { seq, by, agent, mode, from, to }: Used): Row => ({
  ...{ call_id, seq, supervisor, by, agent_id: agent, mode },
  ...{ started_at: new Date(from).toISOString(), ended_at: to === null ? null : new Date(to).toISOString() },
})
