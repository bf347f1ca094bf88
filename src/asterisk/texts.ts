import { askAri } from './ariRequests.ts'
import { showing } from './requests.ts'

/** Shows a text on a phone, where it can. Rejects with PhoneRefused: it is not registered, or Asterisk is away. */
export async function showText(origin: string, phone: string, text: string): Promise<void> {
  const { method, uri } = showing(phone, text)
  await askAri(origin, method, uri)
}
