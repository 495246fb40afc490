// Opens BPMN files as bpmn.io and Camunda Modeler do, and saves them again.
// Standard input: a JSON list of files; output: a list of {warnings, xml}.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const main = `${process.argv[2]}/bpmn-moddle/dist/index.js`;
const {BpmnModdle} = await import(pathToFileURL(main));
const moddle = new BpmnModdle();
const results = [];
for (const file of JSON.parse(readFileSync(0, "utf8"))) {
    const {rootElement, warnings} = await moddle.fromXML(file);
    const {xml} = await moddle.toXML(rootElement, {format: true});
    results.push({warnings: warnings.map(({message}) => message), xml});
}
process.stdout.write(JSON.stringify(results));
