import type { LedgerReport } from './ledger.ts'
import { duration, plain } from './text.ts'

/** The ledger for the terminal. */
export function ledgerText({ balances, calls, agents, culprits }: LedgerReport): string {
  const outcomes = Object.entries(calls.outcomes).filter(([, count]) => count > 0)
  const parts = [...outcomes, ['open', calls.open]].map(([name, count]) => `${count} ${name}`)
  const signedIn = agents.reduce((sum, line) => sum + line.signedInMs, 0)
  const states = agents.reduce((sum, line) => sum + line.statesMs, 0)
  const lines = [
    `Calls   ${calls.offered} offered = ${parts.join(' + ')}`,
    `Agents  ${agents.length} signed in for ${duration(signedIn)} (${signedIn} ms) = ${states} ms in their states`,
    ...culprits.map(culprit => `  ✗ ${culprit.what} ${plain(culprit.id)}: ${plain(culprit.fault)}`),
    balances ? 'The ledger balances.' : 'The ledger does NOT balance.',
  ]
  return `${lines.join('\n')}\n`
}
