// Shows what an editor would underline in a YAML file, without an editor.
//
// Why this file exists: Tollgate's JSON Schema is there so that people see a mistake while they type it. Whether they
// do depends on the language server their editor runs, which is not a plain schema validator (it merges anyOf errors,
// places them, and words them in its own way), so the schema is tested through that server.
//
//     node check.mjs --schema schema.json FILE...
//
// Prints one JSON line per file, in the order given, lines and columns counted from 1:
//     {"file":"a.yaml","diagnostics":[{"line":3,"col":5,"endCol":12,"message":"..."}]}
// Exits 0 when every file was checked, whatever was found in it; 1 when the server failed or did not use the schema.
// The package comes from node_modules beside this file or above a copy of it (../clients/setup.sh makes that copy).
// The server asks for Node 22.13; 2.0.0 was seen to work on Node 20.20 as well. It is kept from the network.

import { spawn } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const PATIENCE_MS = 30_000; // for one answer; the server needs about a second

// A language server on the other end of a pipe: JSON-RPC messages, each behind a Content-Length header.
class Server {
  #input = Buffer.alloc(0);
  #waiting = new Map();
  #lastId = 0;
  #stderr = '';

  constructor(settings) {
    this.settings = settings;
    const home = dirname(createRequire(import.meta.url).resolve('yaml-language-server/package.json'));
    this.child = spawn(process.execPath, [join(home, 'bin', 'yaml-language-server'), '--stdio']);
    this.child.stdout.on('data', chunk => this.#read(chunk));
    this.child.stderr.on('data', chunk => { this.#stderr += chunk; });
    this.child.on('exit', code => this.#failAll(new Error(`the server ended with ${code}\n${this.#stderr}`)));
    this.child.on('error', error => this.#failAll(error));
  }

  #send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.child.stdin.write(body);
  }

  notify(method, params) {
    this.#send({ method, params });
  }

  request(method, params) {
    const id = ++this.#lastId;
    const answer = this.expect(`answer ${id}`);
    this.#send({ id, method, params });
    return answer;
  }

  // The next message under this name: `answer ID`, the name of a notification, or `diagnostics URI`.
  expect(name) {
    return new Promise((resolve, reject) => {
      const late = () => this.#failAll(new Error(`no ${name} in ${PATIENCE_MS} ms\n${this.#stderr}`));
      const timer = setTimeout(late, PATIENCE_MS);
      this.#waiting.set(name, { resolve, reject, timer });
    });
  }

  #settle(name, how, value) {
    const waiting = this.#waiting.get(name);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(name);
    waiting[how](value);
  }

  #failAll(error) {
    for (const name of [...this.#waiting.keys()]) this.#settle(name, 'reject', error);
  }

  #read(chunk) {
    this.#input = Buffer.concat([this.#input, chunk]);
    for (;;) {
      const end = this.#input.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#input.subarray(0, end).toString())[1]);
      if (this.#input.length < end + 4 + length) return;
      const message = JSON.parse(this.#input.subarray(end + 4, end + 4 + length).toString());
      this.#input = this.#input.subarray(end + 4 + length);
      this.#handle(message);
    }
  }

  #handle({ id, method, params, result, error }) {
    if (method === 'workspace/configuration') {
      this.#send({ id, result: params.items.map(({ section }) => (section === 'yaml' ? this.settings : null)) });
    } else if (method && id !== undefined) {
      this.#send({ id, result: null });
    } else if (method === 'textDocument/publishDiagnostics') {
      this.#settle(`diagnostics ${params.uri}`, 'resolve', params.diagnostics);
    } else if (method) {
      this.#settle(method, 'resolve', params);
    } else if (error) {
      this.#settle(`answer ${id}`, 'reject', new Error(error.message));
    } else {
      this.#settle(`answer ${id}`, 'resolve', result);
    }
  }
}

const uriOf = path => pathToFileURL(realpathSync(path)).href;

async function start(schema) {
  const server = new Server({
    validate: true,
    hover: false,
    completion: false,
    schemas: { [schema]: ['*.yaml', '*.yml'] },
    schemaStore: { enable: false },
    kubernetesCRDStore: { enable: false },
  });
  await server.request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true }, textDocument: { publishDiagnostics: {} } },
  });
  // A client that says it can choose schemas is told when the settings have been taken in. Diagnostics asked for
  // before that would be those of a file without a schema.
  const ready = server.expect('yaml/schema/store/initialized');
  server.notify('yaml/supportSchemaSelection', {});
  server.notify('initialized', {});
  await ready;
  return server;
}

async function check(server, schema, file) {
  const uri = uriOf(file);
  const diagnostics = server.expect(`diagnostics ${uri}`);
  server.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text: readFileSync(file, 'utf8') },
  });
  const found = await diagnostics;
  const used = await server.request('yaml/get/jsonSchema', uri);
  if (!used.some(one => one.uri === schema)) {
    throw new Error(`${file}: checked with ${JSON.stringify(used.map(one => one.uri))} instead of ${schema}`);
  }
  return found.map(({ range, message }) => ({
    line: range.start.line + 1,
    col: range.start.character + 1,
    endCol: range.end.character + 1,
    message,
  }));
}

async function main() {
  const { values, positionals } = parseArgs({ options: { schema: { type: 'string' } }, allowPositionals: true });
  if (!values.schema || positionals.length === 0) throw new Error('usage: check.mjs --schema schema.json FILE...');
  const schema = uriOf(values.schema);
  JSON.parse(readFileSync(values.schema, 'utf8'));
  const server = await start(schema);
  for (const file of positionals) {
    const diagnostics = await check(server, schema, file);
    process.stdout.write(`${JSON.stringify({ file, diagnostics })}\n`);
  }
  await server.request('shutdown');
  server.notify('exit');
}

main().catch(error => {
  process.stderr.write(`check.mjs: ${error.message}\n`);
  process.exit(1);
});
