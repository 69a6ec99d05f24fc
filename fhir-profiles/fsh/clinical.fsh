// Clinical statements that have a resource type of their own.

Profile: CertificateDiagnosis
Parent: Condition
Id: diagnosis
Title: "Diagnosis"
Description: "A diagnosis in ICPC-2, ICPC-2B or ICD-10; the first recognised coding is the one it is read by. One is the main diagnosis. Of an injury at work: whether it should be considered as one, and its date."
* extension contains StatementSource named source 0..1 and OccupationalInjury named occupational-injury 0..1 and InjuryDate named injury-date 0..1
* subject only Reference(CertificatePatient)
* code from $vs-diagnosis (extensible)
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains rank 0..1
* category[rank] ^patternCodeableConcept.coding.system = "https://certgateway.example/fhir/CodeSystem/diagnosis-rank"
* category[rank] from $vs-rank (required)

Profile: TreatmentPlan
Parent: CarePlan
Id: treatment
Title: "Treatment and investigation"
Description: "Each activity is one treatment or investigation: kind, status, period, expected wait, description, result, and what it means for function and activity."
* status = #active
* intent = #plan
* subject only Reference(CertificatePatient)
* activity 1..*
* activity.detail 1..1
* activity.detail.extension contains TreatmentStatus named treatment-status 0..1 and ExpectedToImprove named expected-to-improve 0..1 and CombinableWithActivity named combinable-with-activity 0..1 and ExpectedWait named expected-wait 0..1 and StatementSource named source 0..1 and DiagnosisLink named diagnosis 0..1
* activity.detail.code from $vs-treatment-kind (required)
* activity.detail.scheduled[x] only Period

Profile: HealthRisk
Parent: RiskAssessment
Id: health-risk
Title: "Activity with health risk"
Description: "An activity that poses a risk, the harm it can do, for how long that is valid, and what makes it safe. 'Assessed, none known' is no resource but an empty section."
* status = #final
* subject only Reference(CertificatePatient)
* extension contains StatementSource named source 0..1 and DiagnosisLink named diagnosis 0..1 and SafeLimit named safe-limit 0..* and RiskAdaptation named adaptation 0..*
* code from $vs-health-risk (required)
* condition only Reference(CertificateDiagnosis)
* occurrence[x] only dateTime
* prediction 1..1
* prediction.extension contains HarmSeverity named severity 0..1
* prediction.outcome from $vs-harm (required)
* prediction.when[x] 1..1
* prediction.when[x] only Period
* prediction.when[x] ^comment = "In R4 an absent period means for life. A period that is open at the end means until further notice."

Profile: PrognosisStatement
Parent: ClinicalImpression
Id: prognosis
Title: "Prognosis"
Description: "The course ahead, how far it looks, how certain it is, expected durations, and when to look again. Uncertain is an answer when it gives reason and review date."
* status = #completed
* subject only Reference(CertificatePatient)
* extension contains Horizon named horizon 0..1 and IllnessDuration named illness-duration 0..1 and ReducedFunctionDuration named reduced-function-duration 0..1 and PrognosisCertainty named certainty 0..1 and UncertainBecause named uncertain-because 0..1 and ReviewDate named review-date 0..1 and StatementSource named source 0..1 and DiagnosisLink named diagnosis 0..1
* prognosisCodeableConcept 0..1
* prognosisCodeableConcept from $vs-course (required)

Profile: CertificateAttachment
Parent: DocumentReference
Id: attachment
Title: "Attachment"
Description: "A document that goes with the certificate, its bytes inside the message. NAV's case workers see type, size and SHA-256; the bytes stay in the sealed original."
* status = #current
* subject only Reference(CertificatePatient)
* content 1..1
* content.attachment.contentType 1..1
* content.attachment.extension contains ContentSha256 named sha256 0..1
