// node twilio.mjs LIBRARY AUTH_TOKEN: signs and validates with Twilio's own SDK. Reads a JSON list, answers each entry:
//   { url, fields: [[name, value]...] }   a form, or a GET or handshake with no fields   -> { url, signature }
//   { url, body }                         JSON, whose hash goes into the URL             -> { url, signature }
//   { url, fields, signature }            what somebody signed                           -> { isValid }
// An entry may name another `token`.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const [library, ours] = process.argv.slice(2);
const twilio = createRequire(import.meta.url)(library);

// The form that the SDK takes: a name that comes again has a list.
function parametersOf(fields) {
    const parameters = {};
    for (const [name, value] of fields)
        parameters[name] = name in parameters ? [parameters[name], value].flat() : value;
    return parameters;
}

function answer({ url, fields = [], body, signature, token = ours }) {
    const parameters = parametersOf(fields);
    if (signature !== undefined)
        return { isValid: twilio.validateRequest(token, signature, url, parameters) };
    if (body !== undefined)
        url += `${url.includes("?") ? "&" : "?"}bodySHA256=${twilio.getExpectedBodyHash(body)}`;
    return { url, signature: twilio.getExpectedTwilioSignature(token, url, parameters) };
}

console.log(JSON.stringify(JSON.parse(await text(process.stdin)).map(answer)));
