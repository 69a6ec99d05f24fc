// What several profiles share.

// A statement of the certificate as an Observation: final, about the patient, its parts told apart by code.
RuleSet: Statement
* status = #final
* subject 1..1
* subject only Reference(CertificatePatient)
* effective[x] only dateTime or Period
* extension contains StatementSource named source 0..1
* component ^slicing.discriminator.type = #pattern
* component ^slicing.discriminator.path = "code"
* component ^slicing.rules = #open
* component ^slicing.description = "Each part is known by its code; parts of other codes may stand beside them."

// One part with a coded value.
RuleSet: CodedPart(name, max, valueset)
* component contains {name} 0..{max}
* component[{name}].code = $part#{name}
* component[{name}].value[x] 1..1
* component[{name}].value[x] only CodeableConcept
* component[{name}].value[x] from {valueset} (required)

// One part with a value of another type.
RuleSet: PlainPart(name, max, type)
* component contains {name} 0..{max}
* component[{name}].code = $part#{name}
* component[{name}].value[x] 1..1
* component[{name}].value[x] only {type}

// Limits: components whose code is in our limit system, told as a quantity in UCUM.
RuleSet: Limits
* component contains limit 0..*
* component[limit].code ^patternCodeableConcept.coding.system = "https://certgateway.example/fhir/CodeSystem/limit"
* component[limit].code from $vs-limit (extensible)
* component[limit].value[x] 1..1
* component[limit].value[x] only Quantity
* component[limit].valueQuantity.value 1..1
* component[limit].valueQuantity.system 1..1
* component[limit].valueQuantity.system = $ucum
* component[limit].valueQuantity.code 1..1
* component[limit].valueQuantity.code from $vs-limit-unit (required)

// A section of the certificate that takes any number of entries.
RuleSet: Section(name, profile)
* section contains {name} 0..1
* section[{name}].code 1..1
* section[{name}].code = $item#{name}
* section[{name}].entry only Reference({profile})

// A section that takes one entry.
RuleSet: SingleSection(name, profile)
* insert Section({name}, {profile})
* section[{name}].entry 0..1

// An identifier slice known by its system.
RuleSet: Numbered(name, system)
* identifier contains {name} 0..1
* identifier[{name}].system 1..1
* identifier[{name}].system = {system}
* identifier[{name}].value 1..1

RuleSet: IdentifierSlicing
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open

// Prose is plain text of limited length, so that a whole journal is no answer.
RuleSet: Prose
* value[x] ^maxLength = 10000
