/** Who comes free when: the earliest first. A binary heap in two arrays, so that filling it again makes nothing new. */
export class Heap {
  readonly #at: Float64Array
  readonly #who: Int32Array
  #size = 0

  constructor(most: number) {
    this.#at = new Float64Array(most)
    this.#who = new Int32Array(most)
  }

  get size(): number {
    return this.#size
  }

  clear(): void {
    this.#size = 0
  }

  push(who: number, at: number): void {
    let child = this.#size++
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (this.#at[parent]! <= at) break
      this.#put(child, this.#who[parent]!, this.#at[parent]!)
      child = parent
    }
    this.#put(child, who, at)
  }

  /** When the first comes free. */
  get at(): number {
    return this.#at[0]!
  }

  /** Takes the first out. */
  pop(): number {
    const first = this.#who[0]!
    this.#size -= 1
    const [who, at] = [this.#who[this.#size]!, this.#at[this.#size]!]
    let parent = 0
    for (let child = 1; child < this.#size; child = 2 * parent + 1) {
      if (child + 1 < this.#size && this.#at[child + 1]! < this.#at[child]!) child += 1
      if (this.#at[child]! >= at) break
      this.#put(parent, this.#who[child]!, this.#at[child]!)
      parent = child
    }
    this.#put(parent, who, at)
    return first
  }

  #put(place: number, who: number, at: number): void {
    this.#who[place] = who
    this.#at[place] = at
  }
}
