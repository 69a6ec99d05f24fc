// An order for a certificate from the clinician of examples.fsh, and its withdrawal.

RuleSet: OrderHead
* identifier.system = $clarification
* identifier.value = "7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c02"
* intent = #order
* code.coding[0] = $loinc#72267-8
* code.coding[1] = $document-type#J01-2
* for = Reference(patient-example)
* insert LogicalNav(requester)
* owner = Reference(author-example)
* restriction.period.end = "2026-09-21"

Instance: order-header-example
InstanceOf: OrderHeader
Usage: #example
Title: "Order header"
Description: "An order, from the gateway to the clinician's system."
* eventCoding = $event#certificate-order
* insert ToAuthor
* focus = Reference(order-example)

Instance: order-example
InstanceOf: CertificateOrder
Usage: #example
Title: "Order for a certificate"
Description: "A whole certificate, since when function is reduced, and a medical view of a planned measure. The other required items are left out of the example."
* language = #nb
* extension[measure].extension[description].valueString = "Arbeidstrening på lager, fire timer om dagen."
* extension[measure].extension[demand].valueCode = #heavy-lifting
* insert OrderHead
* status = #requested
* businessStatus = $clarification-status#ordered
* authoredOn = "2026-09-01T09:00:00+02:00"
* input[0].extension[target].extension[item].valueCode = #diagnosis
* input[0].extension[target].extension[reason].valueCode = #missing
* input[0].type = $item#diagnosis
* input[0].valueString = "Hva er hoveddiagnosen? Oppgi én kode fra ICPC-2, ICPC-2B eller ICD-10."
* input[1].extension[target].extension[item].valueCode = #onset
* input[1].extension[target].extension[reason].valueCode = #missing
* input[1].type = $order-question#since-when
* input[1].valueString = "Siden når har pasienten hatt nedsatt funksjon, og er datoen nøyaktig eller omtrentlig? «Ukjent» er et gyldig svar."
* input[2].extension[target].extension[item].valueCode = #activity
* input[2].extension[target].extension[reason].valueCode = #detail-for-measure
* input[2].extension[target].extension[settles].valueString = "Gjelder det også kvelder?"
* input[2].type = $order-question#compatible-with-measure
* input[2].valueString = "NAV planlegger tiltaket som er beskrevet i bestillingen. Er det medisinske innvendinger mot det, er det mulig med tilpasning eller senere, eller medfører det helserisiko? Gjelder det også kvelder?"

Instance: order-message-example
InstanceOf: OrderMessage
Usage: #example
Title: "Order message"
Description: "The whole order."
* type = #message
* timestamp = "2026-09-01T09:00:00+02:00"
* entry[header].fullUrl = "https://epj.example/fhir/MessageHeader/order-header-example"
* entry[header].resource = order-header-example
* entry[order].fullUrl = "https://epj.example/fhir/Task/order-example"
* entry[order].resource = order-example
* insert Entry(2, Patient, patient-example)
* insert Entry(3, PractitionerRole, author-example)
* insert Entry(4, Practitioner, practitioner-example)
* insert Entry(5, Organization, organization-example)

Instance: withdrawn-order-example
InstanceOf: CertificateOrder
Usage: #example
Title: "Withdrawn order"
Description: "NAV no longer orders the certificate."
* insert OrderHead
* status = #cancelled
* statusReason = $clarification-withdrawal-reason#no-longer-needed
* businessStatus = $clarification-status#withdrawn
* authoredOn = "2026-09-03T09:00:00+02:00"
