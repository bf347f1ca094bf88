import type { LedgerReport } from './ledger.ts'
import { duration, plain } from './text.ts'

/** The ledger for the terminal. */
export function ledgerText({ balances, calls, callbacks, outbound, queues, agents, culprits }: LedgerReport): string {
  const signedIn = agents.reduce((sum, line) => sum + line.signedInMs, 0)
  const states = agents.reduce((sum, line) => sum + line.statesMs, 0)
  const lines = [
    `Calls   ${calls.offered} offered = ${partsOf(calls)}`,
    ...queues.map(line => `  ${line.queue}  ${line.offered} offered = ${partsOf(line)}`),
    ...(callbacks.offered + callbacks.open > 0
      ? [`Callbacks  ${callbacks.offered} promised = ${partsOf(callbacks)}`]
      : []),
    ...(outbound.offered + outbound.open > 0 ? [`Outbound  ${outbound.offered} dialled = ${partsOf(outbound)}`] : []),
    `Agents  ${agents.length} signed in for ${duration(signedIn)} (${signedIn} ms) = ${states} ms in their states`,
    ...culprits.map(culprit => `  ✗ ${culprit.what} ${plain(culprit.id)}: ${plain(culprit.fault)}`),
    balances ? 'The ledger balances.' : 'The ledger does NOT balance.',
  ]
  return `${lines.join('\n')}\n`
}

type Counted = LedgerReport['calls'] & { sentOn?: number }

function partsOf({ outcomes, open, sentOn = 0 }: Counted): string {
  const seen = [...Object.entries(outcomes), ['sent on', sentOn] as const].filter(([, count]) => count > 0)
  return [...seen, ['open', open] as const].map(([name, count]) => `${count} ${name}`).join(' + ')
}
