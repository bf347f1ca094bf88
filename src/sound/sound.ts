/** One channel; samples from -1 to 1, `rate` a second. */
export type Sound = { readonly samples: Float32Array; readonly rate: number }
