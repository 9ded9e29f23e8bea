// Walks the pages as their users do, in Chromium, and says what it found as JSON.
// Arguments: the directory with node_modules, and a file with what walk/page.mjs calls site.
// A journey is walked at each size, at both at once unless it must be alone; one that breaks
// off is a fault, and the others are walked all the same.
import { browser, faults, shapes, site, sizes, visited } from "./walk/page.mjs";
import * as administrator from "./walk/administrator.mjs";
import * as citizen from "./walk/citizen.mjs";
import * as handset from "./walk/handset.mjs";
import * as lead from "./walk/lead.mjs";
import * as looks from "./walk/looks.mjs";
import * as office from "./walk/office.mjs";
import * as officer from "./walk/officer.mjs";
import * as operator from "./walk/operator.mjs";
import * as unit from "./walk/unit.mjs";

// In this order one petition of each size goes from hand to hand: the unit answers it, the
// operator publishes the result, the citizen disputes it, the Office decides. Two others the
// unit gives back, and the operator decides.
const people = { looks, officer, unit, operator, citizen, office, handset, lead, administrator };
const took = {};

async function walk(who, journey, size) {
  await journey.walk(size).catch((e) => faults.push(`${who}, ${journey.name} (${size}) broke off: ${e.stack.split("\n").slice(0, 4).join(" ")}`));
}

for (const [who, { journeys }] of Object.entries(people)) {
  for (const journey of journeys) {
    if (!new RegExp(site.journeys).test(`${who} ${journey.name}`)) continue;
    const began = Date.now(), at = journey.at ?? (site.everywhere || who === "looks" ? Object.keys(sizes) : ["desk"]);
    if (journey.alone) for (const size of at) await walk(who, journey, size);
    else await Promise.all(at.map((size) => walk(who, journey, size)));
    took[`${who} ${journey.name}`] = Math.round((Date.now() - began) / 1000);
    console.error(`${who} ${journey.name}: ${took[`${who} ${journey.name}`]} s`); // the last line says where a walk hangs
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
}
await browser.close();
console.log(JSON.stringify({ faults, visited: visited.length, shapes: shapes.size, took }));
