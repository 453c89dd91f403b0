<?xml version="1.0" encoding="UTF-8"?>
<!-- The applicant's own decision and statement of truth, upon documents that were shown and are not
     touched after that: SI 2017/1240 regulation 4(1), CPR Practice Direction 22. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>
	<xsl:variable name="applicant" select="/case/people/person[@id = /case/application/applicant]"/>
	<xsl:variable name="force" select="tro:register('forces', string(/case/force), 'name')"/>

	<xsl:template match="/case">
		<text name="approval" part="approval" title="Decision of the applicant"
			subtitle="To the application for drug dealing telecommunications restriction orders"
			date="{tro:local-date(string(approval/@time))}" author="{$force}" force="{force}">
			<court>In <xsl:value-of select="tro:register('courts', string(court), 'name')"/></court>
			<claim>____________________</claim>
			<matter>In the matter of section 80A of the Serious Crime Act 2015</matter>
			<matter>and of the Drug Dealing Telecommunications Restriction Orders Regulations 2017 (SI 2017/1240) (“the Regulations”)</matter>
			<party role="Applicant"><xsl:value-of select="concat(tro:rank(string($applicant/@rank)), ' ', $applicant/@name, ', ', $force)"/></party>
			<section title="The decision to apply: regulation 4(1)">
				<para>On <xsl:value-of select="tro:local(string(approval/@time))"/> I was shown the application, the witness statement, the draft orders and the copies of exhibits that go with this document, and decided to make the application in exactly these documents. My own decision was:</para>
				<own><xsl:value-of select="approval/decision"/></own>
			</section>
			<section title="Statement of truth">
				<truth>I believe that the facts stated in the application are true. I understand that proceedings for contempt of court may be brought against anyone who makes, or causes to be made, a false statement in a document verified by a statement of truth without an honest belief in its truth.</truth>
				<sign name="{$applicant/@name}" date="{tro:local-date(string(approval/@time))}"
					role="{concat($applicant/@name, ', ', tro:rank(string($applicant/@rank)), ', ', $force, ' (applicant)')}"/>
			</section>
		</text>
	</xsl:template>
</xsl:stylesheet>
