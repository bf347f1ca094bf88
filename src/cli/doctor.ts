import type { Config } from '../config.ts'
import { lookAtAsterisk } from './doctor/asterisk.ts'
import { lookAtCertificate } from './doctor/door.ts'
import { lineOf } from './doctor/finding.ts'
import { lookAtFolders } from './doctor/folders.ts'
import { lookAtPorts } from './doctor/ports.ts'
import { lookAtPostgres } from './doctor/postgres.ts'
import { lookAtPrompts } from './doctor/prompts.ts'
import { knownSecrets } from './doctor/secrets.ts'

/**
 * Looks at everything that a hotline needs, and changes nothing. What is not there yet but will be brought along by the
 * next start is well. `now` is this machine's clock, ms since 1970.
 */
export async function doctor(
  config: Config,
  now: () => number = Date.now,
): Promise<{ text: string; healthy: boolean }> {
  const secrets = await knownSecrets(config)
  const asterisk = await lookAtAsterisk(config, secrets, now)
  const postgres = await lookAtPostgres(config, secrets, now)
  const findings = [
    ...asterisk.findings,
    ...postgres.findings,
    ...(await lookAtCertificate(config, now())),
    ...(await lookAtFolders(config)),
    ...(await lookAtPrompts(config.soundsFolder)),
    ...(await lookAtPorts(config, { asterisk: asterisk.answers, postgres: postgres.answers })),
  ]
  const wrong = findings.filter(finding => !finding.ok).length
  const verdict = wrong === 0 ? 'All is well.' : wrong === 1 ? 'One thing is wrong.' : `${wrong} things are wrong.`
  return { text: [...findings.map(lineOf), verdict].join('\n'), healthy: wrong === 0 }
}
