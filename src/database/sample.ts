import type { Knex } from 'knex'
import { drawPassword } from './agents.ts'

/** What a new centre starts with: three lines, four agents, the hotline's number. */
const QUEUES = [
  { id: 'sales', name_zh: '销售', name_en: 'Sales', skills: { sales: 1 } },
  { id: 'support', name_zh: '售后支持', name_en: 'Support', skills: { support: 1 } },
  { id: 'operator', name_zh: '人工服务', name_en: 'Operator', skills: {} },
]
const AGENTS = [
  { id: '8001', name: '王芳', skills: { sales: 8, support: 3 } },
  { id: '8002', name: '李强', skills: { sales: 5 } },
  { id: '8003', name: '张敏', skills: { support: 8, sales: 2 } },
  { id: '8004', name: '刘洋', skills: { support: 5 } },
]
const WRAP_UP_MS = 5_000
export const HOTLINE_NUMBER = '4008001000'
const NUMBERS = [{ number: HOTLINE_NUMBER, flow: 'hotline' }]

/** Sets up the sample centre where there is none yet. Resolves with whether it did. */
export async function createSampleCentre(knex: Knex): Promise<boolean> {
  return knex.transaction(async trx => {
    // Two services that start at once: the second finds it done.
    await trx.raw('lock table queues in exclusive mode')
    if ((await trx('queues').first('id')) || (await trx('agents').first('id'))) return false
    await trx('queues').insert(
      QUEUES.map(queue => ({ ...queue, skills: JSON.stringify(queue.skills), wrap_up_ms: WRAP_UP_MS })),
    )
    await trx('agents').insert(AGENTS.map(({ id, name }) => ({ id, name, sip_password: drawPassword() })))
    const skills = AGENTS.flatMap(({ id, skills }) =>
      Object.entries(skills).map(([skill, level]) => ({ agent_id: id, skill, level })),
    )
    await trx('agent_skills').insert(skills)
    await trx('numbers').insert(NUMBERS)
    return true
  })
}
