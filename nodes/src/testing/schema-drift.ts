import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type * as SchemaEngineModule from '@prisma/schema-engine-wasm';
import pg from 'pg';

const SCHEMA_FILE = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url));
/** PostgreSQL's internal type "char". */
const CHARACTER_OID = 18;
const resolve = createRequire(import.meta.url).resolve;

type Engine = Awaited<ReturnType<typeof SchemaEngineModule.SchemaEngine.new>>;
type Glue = typeof SchemaEngineModule & { __wbg_set_wasm: (exports: object) => void };

/** The part of WebAssembly used here; Node.js has it, but its types do not. */
interface WebAssemblyApi {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: { __wbindgen_start?: () => void } } }>;
}

let loading: Promise<Glue> | null = null;

/** The engine of `prisma migrate diff`, without its program: instantiated once a process. */
async function load(): Promise<Glue> {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: () => undefined } });
  const gluePath = resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = (await import(gluePath)) as Glue;
  const bytes = await readFile(gluePath.replace(/\.js$/, '.wasm'));
  const { WebAssembly: api } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const { instance } = await api.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
  return glue;
}

/**
 * The engine reads catalogue columns of PostgreSQL's internal type "char" (oid 18), which the adapter does not know.
 * This adapter reads them as text, and tells the engine that they are characters.
 */
class CharacterAwarePg extends PrismaPg {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect() {
    const adapter = await super.connect();
    let characters: number[] = [];
    const query = this.#pool.query.bind(this.#pool) as (config: object) => Promise<pg.QueryResult>;
    Object.assign(this.#pool, {
      query: async (config: object) => {
        const result = await query(config);
        characters = result.fields.flatMap((field, i) => (field.dataTypeID === CHARACTER_OID ? [i] : []));
        for (const i of characters) Object.assign(result.fields[i] ?? {}, { dataTypeID: pg.types.builtins.TEXT });
        return result;
      },
    });
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (sql) => {
      const result = await queryRaw(sql);
      for (const i of characters) result.columnTypes[i] = ColumnTypeEnum.Character;
      return result;
    };
    return adapter;
  }
}

/** The differences between a database and schema.prisma, in words; empty if there are none. */
export async function schemaDrift(databaseUrl: string): Promise<string> {
  loading ??= load();
  const { SchemaEngine } = await loading;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const adapter = bindMigrationAwareSqlAdapterFactory(new CharacterAwarePg(pool));
  const engine: Engine = await SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
  const files = [{ path: SCHEMA_FILE, content: await readFile(SCHEMA_FILE, 'utf8') }];
  const result = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: '' },
    to: { tag: 'schemaDatamodel', files },
    script: false,
    exitCode: true,
    filters: { externalTables: ['public.migrations', 'public.migration_checksums'], externalEnums: [] },
  });
  engine.free();
  await pool.end();
  return result.exitCode === 0 ? '' : (result.stdout ?? 'drift');
}
