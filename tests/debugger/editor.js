// One debug session as VS Code's Go extension has it, told as JSON: `node editor.js '{"dlv": ["/shims/dlv", "dap"], …}'`.
//
// Like the extension it chooses a port, starts `dlv dap` with `--listen` on it and with descriptor 3 as the place for the log,
// takes delve for ready when the first bytes there say so, and then speaks DAP to the port that it chose, whatever was printed.
//
//   dlv      the command that is started; `--listen=127.0.0.1:PORT --log-dest=3` is added
//   cwd      where it is started
//   launch   arguments of the launch request
//   source   the file to stop in, `line` where, `variable` what to look at there
//   end      `disconnect`: run on to the end of the program. A signal: it is sent to the pid while the program stands still
//
// Told are delve's `argv`, `environ` and `exe` by the kernel, the chunks of its `log`, what it wrote elsewhere, where the program `stopped` and the `value` there
// (or why delve `refused` to launch it), how delve `ended`, and what it left behind: `files` in `cwd`, and `processes` that run from there.
'use strict';

const { spawn } = require('child_process');
const fs = require('fs');
const net = require('net');
const { DebugClient } = require('@vscode/debugadapter-testsupport');

const PATIENCE = 120000;
const asked = JSON.parse(process.argv[2]);
const seen = { stdout: '', stderr: '', log: [] };

function fail(why) {
  console.error(`editor.js: ${why}\n${JSON.stringify(seen, null, 2)}`);
  process.exit(1);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function main() {
  const port = await freePort();
  const args = [...asked.dlv.slice(1), `--listen=127.0.0.1:${port}`, '--log-dest=3'];
  const dlv = spawn(asked.dlv[0], args, { cwd: asked.cwd, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const ended = new Promise((resolve, reject) => {
    dlv.on('error', reject);
    dlv.on('close', (status, signal) => resolve({ status, signal }));
  });
  dlv.stdout.on('data', (chunk) => { seen.stdout += chunk; });
  dlv.stderr.on('data', (chunk) => { seen.stderr += chunk; });
  // The chunks are kept apart: the first one alone decides.
  await new Promise((resolve, reject) => {
    dlv.stdio[3].on('data', (chunk) => { seen.log.push(String(chunk)); resolve(); });
    ended.then(() => reject(new Error('delve ended before it was ready')), reject);
  });
  const read = (name) => fs.readFileSync(`/proc/${dlv.pid}/${name}`, 'latin1').split('\0').slice(0, -1);
  seen.argv = read('cmdline').map((word) => word.replace(`:${port}`, ':PORT'));
  seen.environ = read('environ');
  seen.exe = fs.readlinkSync(`/proc/${dlv.pid}/exe`);

  const client = new DebugClient('', '', 'go');
  await client.start(port);
  const [initialized, stopped, terminated] = ['initialized', 'stopped', 'terminated'].map((name) => client.waitForEvent(name, PATIENCE));
  await client.initializeRequest();
  const configured = initialized.then(async () => {
    const answer = await client.setBreakpointsRequest({ source: { path: asked.source }, breakpoints: [{ line: asked.line }] });
    seen.breakpoints = answer.body.breakpoints.map(({ verified, line }) => ({ verified, line }));
    await client.configurationDoneRequest();
  });
  try {
    await client.launchRequest({ request: 'launch', ...asked.launch });
    await configured;
    const { body: { reason, threadId } } = await stopped;
    await look(client, reason, threadId);
    if (asked.end === 'disconnect') {
      await client.continueRequest({ threadId });
      await terminated;
    }
  } catch (error) {
    // What delve says to a launch that it refuses.
    seen.refused = error.message;
  }
  if (asked.end === 'disconnect') {
    await client.disconnectRequest({ terminateDebuggee: true });
  } else {
    dlv.kill(asked.end);
  }
  seen.ended = await ended;
  seen.log = seen.log.map((chunk) => chunk.replaceAll(`:${port}`, ':PORT'));
  seen.files = fs.readdirSync(asked.cwd).sort();
  // What was killed is gone when the kernel has come to it.
  const deadline = Date.now() + 10000;
  for (seen.processes = runningBelow(asked.cwd); seen.processes.length && Date.now() < deadline; seen.processes = runningBelow(asked.cwd)) {
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** Where the program stands still, and the value of a variable there. */
async function look(client, reason, threadId) {
  const { body: { stackFrames: [frame] } } = await client.stackTraceRequest({ threadId });
  seen.stopped = { reason, line: frame.line, file: frame.source.path, function: frame.name };
  const { body: { scopes } } = await client.scopesRequest({ frameId: frame.id });
  for (const { variablesReference } of scopes) {
    const { body: { variables } } = await client.variablesRequest({ variablesReference });
    const found = variables.find(({ name }) => name === asked.variable);
    if (found) seen.value = found.value;
  }
}

function runningBelow(folder) {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const program = fs.readlinkSync(`/proc/${pid}/exe`);
      return program.startsWith(`${folder}/`) ? [program] : [];
    } catch {
      return [];
    }
  });
}

setTimeout(() => fail(`not done after ${PATIENCE / 1000} s`), PATIENCE).unref();
main().then(() => { console.log(JSON.stringify(seen)); process.exit(0); }, (error) => fail(error.stack));
