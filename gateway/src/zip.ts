import { Zip, ZipPassThrough } from 'fflate';

/** A file of an archive, with its bytes as they come. */
export interface ZipEntry {
  name: string;
  bytes: AsyncIterable<Uint8Array>;
}

/** A stream that asks for the next bytes only when the reader has taken the last. */
export function streamOf(bytes: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await bytes.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * A ZIP of files that are stored as they are: scans and PDFs are compressed already. It is made while it is read, and
 * fetches no more than the reader takes.
 */
export async function* zipOf(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const made: Uint8Array[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    made.push(piece);
  });
  for await (const { name, bytes } of entries) {
    const file = new ZipPassThrough(name);
    zip.add(file);
    for await (const some of bytes) {
      file.push(some);
      yield* made.splice(0);
    }
    file.push(new Uint8Array(0), true);
    yield* made.splice(0);
  }
  zip.end();
  yield* made.splice(0);
}
