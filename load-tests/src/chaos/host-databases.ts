import pg from 'pg';

/** The hosts' databases, read past their services; never written. */
export class HostDatabases {
  readonly #pools: ReadonlyMap<string, pg.Pool>;

  /** @param urls by host */
  constructor(urls: ReadonlyMap<string, string>) {
    this.#pools = new Map(
      [...urls].map(([host, connectionString]) => {
        const pool = new pg.Pool({ connectionString, max: 2, connectionTimeoutMillis: 2_000, query_timeout: 60_000 });
        // a server that is being killed breaks its idle connections
        pool.on('error', () => undefined);
        pool.on('connect', (client) => client.on('error', () => undefined));
        return [host, pool];
      }),
    );
  }

  get hosts(): string[] {
    return [...this.#pools.keys()];
  }

  /** @throws the error of PostgreSQL, also when it is away */
  async rows<Row extends pg.QueryResultRow>(
    host: string,
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Row[]> {
    const pool = this.#pools.get(host);
    if (!pool) throw new RangeError(`there is no host ${host}`);
    return (await pool.query<Row>(sql, [...params])).rows;
  }

  /** The rows of every host for the same query. */
  async everywhere<Row extends pg.QueryResultRow>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await Promise.all(this.hosts.map((host) => this.rows<Row>(host, sql, params)))).flat();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }
}
