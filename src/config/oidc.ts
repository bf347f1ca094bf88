import { z } from 'zod'

/** The company's own sign-in (OpenID Connect). */
export type OidcAt = {
  readonly issuer: string
  readonly client: string
  readonly secret: string
  /** Where browsers reach our API, without a slash at the end. */
  readonly url: string
}

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/|$)/

const address = (name: string, such: string) =>
  z
    .string()
    .refine(
      words => URL.canParse(words) && (words.startsWith('https://') || LOOPBACK.test(words)) && !/[?#]/.test(words),
      `${name} must be an https:// address without a query, such as ${such}`,
    )
    .transform(words => words.replace(/\/+$/, ''))
    .optional()

export const OIDC_SETTINGS = {
  HOTLINE_URL: address('HOTLINE_URL', 'https://hotline.example.com'),
  HOTLINE_OIDC_ISSUER: address('HOTLINE_OIDC_ISSUER', 'https://login.example.com/realms/company'),
  HOTLINE_OIDC_CLIENT: z.string().optional(),
  HOTLINE_OIDC_SECRET: z.string().optional(),
}

type Settings = { [Name in keyof typeof OIDC_SETTINGS]?: string | undefined }

/** Undefined: people sign in by password alone. */
export function oidcIn(set: Settings): OidcAt | undefined {
  const {
    HOTLINE_OIDC_ISSUER: issuer,
    HOTLINE_OIDC_CLIENT: client,
    HOTLINE_OIDC_SECRET: secret,
    HOTLINE_URL: url,
  } = set
  return issuer && client && secret && url ? { issuer, client, secret, url } : undefined
}

export function missingForOidc(set: Settings): string[] {
  if (!set.HOTLINE_OIDC_ISSUER) return []
  const needed = ['HOTLINE_OIDC_CLIENT', 'HOTLINE_OIDC_SECRET', 'HOTLINE_URL'] as const
  return needed.filter(name => !set[name]).map(name => `${name} must be set where HOTLINE_OIDC_ISSUER is.`)
}
