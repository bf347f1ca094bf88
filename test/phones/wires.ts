import { BASE, BASE_BESIDE } from '../ports.ts'
import { Wire } from './wire.ts'

/** The lines from the service to all that it needs, each of which a test can cut. */
export class Wires {
  readonly ari: Wire
  readonly ami: Wire
  readonly postgres: Wire

  private constructor(ari: Wire, ami: Wire, postgres: Wire) {
    this.ari = ari
    this.ami = ami
    this.postgres = postgres
  }

  static async open(): Promise<Wires> {
    const to = (port: number): Promise<Wire> => Wire.open(BASE_BESIDE + port, BASE + port)
    return new Wires(await to(88), await to(38), await to(32))
  }

  /** Where the service finds them. */
  get ports() {
    return { ariPort: this.ari.port, amiPort: this.ami.port, postgresPort: this.postgres.port }
  }

  /** What a test that failed has left cut must not fail the next. */
  async mend(): Promise<void> {
    await Promise.all([this.ari.mend(), this.ami.mend(), this.postgres.mend()])
  }

  async close(): Promise<void> {
    await Promise.all([this.ari.close(), this.ami.close(), this.postgres.close()])
  }
}
