export type Ports = {
  readonly sip: number
  /** SIP as well, over TLS. */
  readonly tls: number
  readonly http: number
  readonly ari: number
  readonly ami: number
  readonly postgres: number
  readonly rtp: readonly [first: number, last: number]
}

/** One number names them all: 5000 gives SIP 5060 (over TLS 5061), our HTTP 5080, ARI 5088, AMI 5038, Postgres 5032, RTP 10000 to 13999. */
export const portsFrom = (base: number): Ports => ({
  sip: base + 60,
  tls: base + 61,
  http: base + 80,
  ari: base + 88,
  ami: base + 38,
  postgres: base + 32,
  rtp: [base + 5_000, base + 8_999],
})
