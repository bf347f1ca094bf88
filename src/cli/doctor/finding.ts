/** One thing that was looked at. `mend`: what to do about it, where it is not as it should be. */
export type Finding = { readonly ok: boolean; readonly text: string; readonly mend?: string }

export const good = (text: string): Finding => ({ ok: true, text })
export const bad = (text: string, mend: string): Finding => ({ ok: false, text, mend })

/** `✓ what is well` or `✗ what is wrong: the mend`, one line each. */
export const lineOf = ({ ok, text, mend }: Finding): string => `${ok ? '✓' : '✗'} ${text}${mend ? `: ${mend}` : ''}`
