// That treatment has stalled, ended or begun, told without a new certificate.

Profile: TreatmentStatusMessage
Parent: Bundle
Id: treatment-status-message
Title: "Treatment status message"
Description: "What has become of the treatment of somebody with a certificate: the header first, one Composition with the section treatment and no other, and the resources it names. Other entries are allowed and not carried. Every other item of the certificate stays as it was."
* type = #message
* entry ^slicing.discriminator.type = #type
* entry ^slicing.discriminator.path = "resource"
* entry ^slicing.rules = #open
* entry contains header 1..1 and certificate 1..1
* entry[header].resource 1..1
* entry[header].resource only TreatmentStatusHeader
* entry[certificate].resource 1..1
* entry[certificate].resource only TreatmentStatusReport
* obeys author-missing

Profile: TreatmentStatusHeader
Parent: MessageHeader
Id: treatment-status-header
Title: "Header of a treatment status message"
Description: "The id is the message id that a receipt quotes. The focus is the Composition."
* id 1..1
* event[x] only Coding
* event[x] = $event#treatment-status
* focus 1..1
* focus only Reference(TreatmentStatusReport)

Profile: TreatmentStatusReport
Parent: Certificate
Id: treatment-status-report
Title: "Treatment status"
Description: "The certificate's own id, when and by whom this was written, the purpose treatment-status, and all that is to stand about treatment now."
* event[purpose] 1..1
* event[purpose].code = $purpose#treatment-status
* section 1..*
* section[treatment] 1..1

Instance: treatment-status-header-example
InstanceOf: TreatmentStatusHeader
Usage: #example
Title: "Header of a treatment status message"
Description: "Its id is the message id."
* eventCoding = $event#treatment-status
* source.endpoint = "urn:oid:2.16.578.1.12.4.1.2.8143061"
* destination.endpoint = "urn:oid:2.16.578.1.12.4.1.2.79768"
* focus = Reference(treatment-status-report-example)

Instance: treatment-status-report-example
InstanceOf: TreatmentStatusReport
Usage: #example
Title: "Treatment status"
Description: "The treatment has ended."
* insert CertificateHead
* date = "2026-10-14T13:20:00+02:00"
* event[purpose].code = $purpose#treatment-status
* section[treatment].code = $item#treatment
* section[treatment].entry = Reference(ended-treatment-example)

Instance: ended-treatment-example
InstanceOf: TreatmentPlan
Usage: #example
Title: "Treatment that has ended"
Description: "Physiotherapy that is finished."
* insert AboutPatient
* status = #active
* intent = #plan
* activity.detail.extension[treatment-status].valueCode = #finished
* activity.detail.code = $treatment-kind#physiotherapy
* activity.detail.status = #completed
* activity.detail.scheduledPeriod.start = "2026-02-10"
* activity.detail.scheduledPeriod.end = "2026-10-09"

Instance: treatment-status-message-example
InstanceOf: TreatmentStatusMessage
Usage: #example
Title: "Treatment status message"
Description: "The whole message."
* type = #message
* timestamp = "2026-10-14T13:21:00+02:00"
* entry[header].fullUrl = "https://epj.example/fhir/MessageHeader/treatment-status-header-example"
* entry[header].resource = treatment-status-header-example
* entry[certificate].fullUrl = "https://epj.example/fhir/Composition/treatment-status-report-example"
* entry[certificate].resource = treatment-status-report-example
* insert Entry(2, CarePlan, ended-treatment-example)
* insert Entry(3, Patient, patient-example)
* insert Entry(4, PractitionerRole, author-example)
* insert Entry(5, Practitioner, practitioner-example)
* insert Entry(6, Organization, organization-example)
