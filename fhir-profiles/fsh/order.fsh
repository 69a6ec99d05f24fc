// An order for a certificate that does not exist yet, which NAV sends.

Profile: OrderMessage
Parent: Bundle
Id: order-message
Title: "Order message"
Description: "What the gateway sends about an order for a certificate: the order, a reminder of it, a return, or its withdrawal, told by the header's event. The header first, one Task, and the people it names."
* type = #message
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains header 1..1 and order 1..1
* entry[header].resource 1..1
* entry[header].resource only OrderHeader
* entry[order].resource 1..1
* entry[order].resource only CertificateOrder

Profile: OrderHeader
Parent: MessageHeader
Id: order-header
Title: "Header of an order message"
Description: "The id is the message id. The event tells an order from a reminder, a return and a withdrawal."
* id 1..1
* event[x] only Coding
* event[x] from $vs-event (required)
* event[x] obeys order-event
* focus 1..1
* focus only Reference(CertificateOrder)

Invariant: order-event
Description: "The event must be one that NAV sends about an order."
Severity: #error
Expression: "code = 'certificate-order' or code = 'certificate-order-reminder' or code = 'certificate-order-return' or code = 'certificate-order-withdrawal'"

Profile: CertificateOrder
Parent: Task
Id: certificate-order
Title: "Order for a certificate"
Description: "A certificate that NAV orders. The identifier is the order's id, the same in every message about it; the certificate names it as the detail of its purpose. One input for each thing that is asked, in the words that the doctor is to read; what still waits for an answer only. Cancelled when NAV no longer asks."
* extension contains PlannedMeasure named measure 0..1 and ClarificationReturn named return 0..1
* identifier 1..1
* identifier.system 1..1
* identifier.system = $clarification
* identifier.value 1..1
* statusReason from $vs-clarification-withdrawal-reason (required)
* businessStatus from $vs-clarification-status (required)
* intent = #order
* code 1..1
* focus only Reference(Certificate)
* focus.identifier 1..1
* focus.identifier.value 1..1
* for 1..1
* for only Reference(CertificatePatient)
* authoredOn 1..1
* requester 1..1
* requester only Reference(Organization)
* requester.identifier 1..1
* owner 1..1
* owner only Reference(CertificateAuthor)
* restriction 1..1
* restriction.period 1..1
* restriction.period.end 1..1
* input.extension contains QuestionTarget named target 1..1
* input.value[x] only string
* obeys order-status and order-question-known

Invariant: order-status
Description: "An order is requested, or cancelled for a reason; it is cancelled as a whole, with nothing left to answer."
Severity: #error
Expression: "(status = 'requested' and statusReason.empty()) or (status = 'cancelled' and statusReason.exists() and input.empty())"

Invariant: order-question-known
Description: "What is asked is a code of order-question or, for a whole item, of certificate-item."
Severity: #error
Expression: "input.all(type.coding.where(system = 'https://certgateway.example/fhir/CodeSystem/order-question' or system = 'https://certgateway.example/fhir/CodeSystem/certificate-item').exists())"
