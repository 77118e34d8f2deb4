/** A cache bounded by the total weight of its values, in any unit. It drops the least recently used values first. */
export class BoundedCache<V> {
  readonly #most: number;
  readonly #known = new Map<string, { value: V; weight: number }>();
  #weight = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Weight of all stored values. */
  get weight(): number {
    return this.#weight;
  }

  find(key: string): V | undefined {
    const found = this.#known.get(key);
    if (!found) return undefined;
    this.#known.delete(key);
    this.#known.set(key, found);
    return found.value;
  }

  /** Stores a value, unless it alone takes an eighth of the cache. */
  keep(key: string, value: V, weight: number): void {
    this.forget(key);
    if (weight > this.#most / 8) return;
    this.#known.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#known.keys()) {
      if (this.#weight <= this.#most) break;
      this.forget(oldest);
    }
  }

  forget(key: string): void {
    const found = this.#known.get(key);
    if (!found) return;
    this.#known.delete(key);
    this.#weight -= found.weight;
  }
}
