// One syllable of Mandarin → the symbols the voice was taught: IPA, with an arrow for the tone after the vowel.

const table = (pairs: string) =>
  Object.fromEntries(pairs.split(/\s{2,}/).map(pair => pair.split(' '))) as Record<string, string>

const INITIALS = table(
  'b p  p pʰ  m m  f f  d t  t tʰ  n n  l l  g k  k kʰ  h x  j ʨ  q ʨʰ  x ɕ  zh ꭧ  ch ꭧʰ  sh ʂ  r ɻ  z ʦ  c ʦʰ  s s',
)
// The dash is where the tone goes: after the vowel, before a closing n or ng.
const FINALS = {
  ...table('a a-  ai ai-  an a-n  ang a-ŋ  ao au-  e ɤ-  ei ei-  en ə-n  eng ə-ŋ  er ɑɚ-  o wo-  ou ou-  ong ʊ-ŋ'),
  ...table('i i-  ia ja-  ian jɛ-n  iang ja-ŋ  iao jau-  ie je-  in i-n  ing i-ŋ  iong jʊ-ŋ  iu jou-'),
  ...table(
    'u u-  ua wa-  uai wai-  uan wa-n  uang wa-ŋ  ui wei-  un wə-n  uo wo-  ueng wə-ŋ  ü y-  üan ɥɛ-n  üe ɥe-  ün y-n',
  ),
}
// High, rising, low, falling, and the light one.
const TONES = ['', '→', '↗', '↓', '↘', '']

export function syllable(sound: string, tone: number): string {
  // 五 is too short a sound for the voice without its w.
  if (sound === 'wu' && tone === 3) return 'wu↓'
  const [initial, final] = parts(sound.replace('v', 'ü'))
  const buzzing = final === 'i' && /^([zcs]h?|r)$/.test(initial)
  const vowel = buzzing ? 'ɨ-' : FINALS[final]
  if (!vowel) throw new Error(`no such syllable: ${sound}`)
  return (INITIALS[initial] ?? '') + vowel.replace('-', TONES[tone]!)
}

/** Initial and final, with the shorthand of pinyin's spelling undone: yan is ian, wei is ui, ju is jü. */
function parts(sound: string): [string, string] {
  const whole = WHOLE[sound]
  if (whole) return ['', whole]
  const [, initial, final] = /^([zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(.*)$/.exec(sound) as unknown as [
    string,
    string | undefined,
    string,
  ]
  if (initial === 'y')
    return ['', final.startsWith('i') ? final : final.startsWith('u') ? `ü${final.slice(1)}` : `i${final}`]
  if (initial === 'w') return ['', final.startsWith('u') ? final : `u${final}`]
  return [initial ?? '', /^[jqx]$/.test(initial ?? '') ? final.replace(/^u/, 'ü') : final]
}
const WHOLE = table('you iu  wei ui  wen un  yong iong')
