// The certificate itself: who and why, and one section per item.

Profile: Certificate
Parent: Composition
Id: certificate
Title: "Medical certificate"
Description: "One version of one certificate. The identifier is the certificate's id, stable over versions. Every item but patient, author and purpose is a section known by its code; sections of other codes are allowed and not carried. A section of answers may refer to a response to the certificate's Questionnaire, which answers the items that have no section of their own. 'Assessed, none' is an empty section with emptyReason nilknown, 'not assessed' one with another reason; both carry a generated line of text, since base R4 forbids a section with nothing but a reason."
* identifier 1..1
* identifier.system 1..1
* identifier.value 1..1
* type ^patternCodeableConcept.coding[0].system = "http://loinc.org"
* type ^patternCodeableConcept.coding[0].code = #72267-8
* type ^patternCodeableConcept.coding[1].system = "urn:oid:2.16.578.1.12.4.1.1.9602"
* type ^patternCodeableConcept.coding[1].code = #J01-2
* subject 1..1
* subject only Reference(CertificatePatient)
* date obeys certificate-date-with-time
* author 1..1
* author only Reference(CertificateAuthor)
* event ^slicing.discriminator.type = #pattern
* event ^slicing.discriminator.path = "code"
* event ^slicing.rules = #open
* event contains contact 0..1 and purpose 0..1 and contact-wish 0..*
* event[contact].code 1..1
* event[contact].code ^patternCodeableConcept.coding.system = "https://certgateway.example/fhir/CodeSystem/contact"
* event[contact].code from $vs-contact (required)
* event[purpose].code 1..1
* event[purpose].code ^patternCodeableConcept.coding.system = "https://certgateway.example/fhir/CodeSystem/purpose"
* event[purpose].code from $vs-purpose (required)
* event[contact-wish].code 1..1
* event[contact-wish].code ^patternCodeableConcept.coding.system = "https://certgateway.example/fhir/CodeSystem/contact-wish"
* event[contact-wish].code from $vs-contact-wish (required)
* section ^slicing.discriminator.type = #pattern
* section ^slicing.discriminator.path = "code"
* section ^slicing.rules = #open
* insert SingleSection(employment, EmploymentStatement)
* insert Section(diagnosis, CertificateDiagnosis)
* insert Section(history, HistoryStatement)
* insert Section(findings, ClinicalFinding)
* insert SingleSection(onset, OnsetStatement)
* insert Section(treatment, TreatmentPlan)
* insert Section(function, FunctionStatement)
* insert Section(health-risk, HealthRisk)
* insert Section(activity, ActivityStatement)
* insert SingleSection(prognosis, PrognosisStatement)
* insert Section(specialist, SpecialistStatement)
* insert Section(assessment, AssessmentStatement)
* insert Section(reservation, ReservationStatement)
* insert Section(attachment, CertificateAttachment)
* section contains answers 0..1
* section[answers].code 1..1
* section[answers].code = $loinc#74465-6
* section[answers].entry 0..1
* section[answers].entry only Reference(CertificateAnswers)

Invariant: certificate-date-with-time
Description: "The certificate's date must tell the time of day and the time zone."
Severity: #error
Expression: "$this.toString().matches('T[0-9][0-9]:[0-9][0-9]')"
