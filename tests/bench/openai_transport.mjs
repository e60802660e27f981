// The bridge that OpenAI's own Twilio transport makes, as its documentation shows it: the yardstick of ./run bench.
// usage: node openai_transport.mjs PORT MODEL_URL      (run beside a node_modules that holds its packages)
import { RealtimeAgent, RealtimeSession } from '@openai/agents/realtime';
import { TwilioRealtimeTransportLayer } from '@openai/agents-extensions';
import { WebSocketServer } from 'ws';

const [port, modelUrl] = process.argv.slice(2);
const agent = new RealtimeAgent({ name: 'Bench', instructions: 'Speak with the caller.' });
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), perMessageDeflate: false });

server.on('connection', async (socket) => {
    const transport = new TwilioRealtimeTransportLayer({ twilioWebSocket: socket });
    const session = new RealtimeSession(agent, { transport });
    session.on('error', () => {});
    socket.on('error', () => {});
    socket.on('close', () => session.close());
    try {
        await session.connect({ apiKey: 'bench', url: modelUrl });
    } catch (error) {
        console.error(String(error));
        socket.close();
    }
});
server.on('listening', () => console.log('ready'));
