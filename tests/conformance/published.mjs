// node published.mjs IN OUT: a vendor's published document in the form that Prism's proxy needs. What it demands stays as it is:
// - the paths get the base path of the document's server, which Prism's proxy leaves out;
// - lists in form bodies get the encoding that OpenAPI gives them anyway (style form, explode), without which Prism takes a
//   repeated field for a text.
// And in a body that we send, what it does not know is an error: an object has the members that are listed, and no others.
// Answers may have grown since the document was written; and in Twilio's, addresses are relative to its host, and what is not
// set is an empty text, neither of which its document allows.
import { readFileSync, writeFileSync } from "node:fs";

const [from, to] = process.argv.slice(2);
const document = JSON.parse(readFileSync(from, "utf8"));
const base = new URL(document.servers[0].url).pathname.replace(/\/$/, "");
document.paths = Object.fromEntries(Object.entries(document.paths).map(([path, item]) => [base + path, item]));

const schemas = document.components.schemas;
const answers = Object.values(schemas);
const operations = Object.values(document.paths).flatMap((item) => Object.values(item)).filter((one) => one?.responses);
for (const { content = {} } of operations.flatMap(({ responses }) => Object.values(responses)))
    answers.push(...Object.values(content).map(({ schema }) => schema));

// Closed copies of all schemas, for what is sent.
const toSent = (part) => JSON.parse(JSON.stringify(part).replaceAll('"#/components/schemas/', '"#/components/schemas/sent.'));
const partsOf = (schema) => [...Object.values(schema.properties ?? {}), schema.items].filter(Boolean);
function close(schema) {
    if (schema.properties && !schema.allOf) schema.additionalProperties ??= false;
    partsOf(schema).forEach(close);
}
for (const [name, schema] of Object.entries(toSent(schemas))) {
    close(schema);
    schemas[`sent.${name}`] = schema;
}
for (const operation of operations.filter((one) => one.requestBody)) {
    operation.requestBody = toSent(operation.requestBody);
    for (const { schema } of Object.values(operation.requestBody.content)) close(schema);
    const form = operation.requestBody.content["application/x-www-form-urlencoded"];
    const lists = Object.entries(form?.schema.properties ?? {}).filter(([, schema]) => schema.type === "array");
    if (form)
        form.encoding = Object.fromEntries(lists.map(([name]) => [name, { style: "form", explode: true, ...form.encoding?.[name] }]));
}

function allowRelativeAndEmpty(schema) {
    if (schema.format === "uri") schema.format = "uri-reference";
    if (schema.pattern) Object.assign(schema, { pattern: `^$|${schema.pattern}`, minLength: 0 });
    partsOf(schema).forEach(allowRelativeAndEmpty);
}
if (from.includes("twilio")) answers.forEach(allowRelativeAndEmpty);
writeFileSync(to, JSON.stringify(document));
