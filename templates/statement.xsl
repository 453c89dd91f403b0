<?xml version="1.0" encoding="UTF-8"?>
<!-- The witness statement: heading, preparation, exhibits and statement of truth as CPR Practice
     Directions 32 and 22 want them; everything else is the deponent's own words. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>
	<xsl:param name="time"/>
	<xsl:variable name="applicant" select="/case/people/person[@id = /case/application/applicant]"/>
	<xsl:variable name="deponent" select="/case/people/person[@id = /case/statement/deponent]"/>
	<xsl:variable name="force" select="tro:register('forces', string(/case/force), 'name')"/>
	<xsl:variable name="signed" select="string(/case/statement/signed)"/>

	<xsl:template match="/case">
		<text name="witnessStatement" part="witness-statement" title="First witness statement of {$deponent/@name}"
			date="{tro:local-date($time)}" author="{$force}" force="{force}">
			<corner>
				<line>On behalf of the applicant</line>
				<line><xsl:value-of select="$deponent/@name"/></line>
				<line>First statement</line>
				<line>Exhibits: <xsl:for-each select="exhibits/exhibit"><xsl:if test="position() != 1">, </xsl:if><xsl:value-of select="@ref"/></xsl:for-each><xsl:if test="not(exhibits/exhibit)">none</xsl:if></line>
				<line>Made on: <xsl:choose><xsl:when test="$signed != ''"><xsl:value-of select="tro:long-date($signed)"/></xsl:when><xsl:otherwise>____________________</xsl:otherwise></xsl:choose></line>
			</corner>
			<court>In <xsl:value-of select="tro:register('courts', string(court), 'name')"/></court>
			<claim>____________________</claim>
			<matter>In the matter of section 80A of the Serious Crime Act 2015</matter>
			<matter>and of the Drug Dealing Telecommunications Restriction Orders Regulations 2017 (SI 2017/1240)</matter>
			<party role="Applicant"><xsl:value-of select="concat(tro:rank(string($applicant/@rank)), ' ', $applicant/@name, ', ', $force)"/></party>
			<intro>I, <b><xsl:value-of select="$deponent/@name"/></b>, <xsl:value-of select="statement/occupation"/>, of <xsl:value-of select="concat($deponent/@office, ', ', $force)"/>, state as follows.</intro>
			<section><own><xsl:value-of select="statement/text"/></own></section>
			<section title="How this statement was prepared">
				<para>This statement is in my own words. It was prepared in this way:</para>
				<own><xsl:value-of select="statement/prepared"/></own>
			</section>
			<section title="Exhibits">
				<para>I produce these exhibits.</para>
				<table caption="Exhibits">
					<head><cell>Mark</cell><cell>What it is</cell><cell>Where it comes from</cell><cell>SHA-256 of the file</cell></head>
					<xsl:for-each select="exhibits/exhibit">
						<row>
							<cell><xsl:value-of select="@ref"/></cell>
							<cell><xsl:value-of select="@title"/></cell>
							<cell>
								<line><xsl:value-of select="tro:code('provenance', string(@class), 'title')"/></line>
								<xsl:if test="string(@basis) != ''"><line><xsl:value-of select="@basis"/></line></xsl:if>
								<xsl:if test="string(@obtained) != ''"><line>Obtained on <xsl:value-of select="tro:long-date(string(@obtained))"/></line></xsl:if>
							</cell>
							<cell><xsl:value-of select="@sha256"/></cell>
						</row>
					</xsl:for-each>
				</table>
			</section>
			<section title="Statement of truth">
				<truth>I believe that the facts stated in this witness statement are true. I understand that proceedings for contempt of court may be brought against anyone who makes, or causes to be made, a false statement in a document verified by a statement of truth without an honest belief in its truth.</truth>
				<sign role="{concat($deponent/@name, ', ', statement/occupation)}">
					<xsl:if test="$signed != ''">
						<xsl:attribute name="name"><xsl:value-of select="$deponent/@name"/></xsl:attribute>
						<xsl:attribute name="date"><xsl:value-of select="$signed"/></xsl:attribute>
					</xsl:if>
				</sign>
			</section>
		</text>
	</xsl:template>
</xsl:stylesheet>
