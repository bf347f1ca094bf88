import type { Webhook } from '../../src/webhooks/webhook.ts'

/** One that was never sent anything. */
export const webhook: Webhook = {
  ...{ id: 'w', url: 'https://crm.example.com', types: null, whole: false, team: null, queues: null, secret: 's' },
  ...{ createdAt: 0, createdBy: 'key:centre', position: 0, tries: 0, dueAt: null, failingSince: null, failure: null },
  ...{ deliveredAt: null, offAt: null, offBecause: null },
}
