// Node's plain http server, answering every request with the same bytes: the other yardstick of ./run bench.
// usage: node plain_http.mjs PORT ANSWER_FILE     (the file: a whole HTTP answer, as `curl -i` prints it)
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, file] = process.argv.slice(2);
const [head, body] = readFileSync(file, 'utf8').split('\r\n\r\n');
const ofNode = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding']); // it writes these itself
const fields = head
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
    .filter(([name]) => !ofNode.has(name.toLowerCase()));
const answer = Buffer.from(body);

createServer((request, response) => {
    response.writeHead(200, fields.flat());
    response.end(answer);
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
