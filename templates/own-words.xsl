<?xml version="1.0" encoding="UTF-8"?>
<!-- Turns a person's own words (own) into paragraphs to be numbered, one for each that blank lines
     part. Nothing else is done to them. A document of the kind urn:tro:text:1 goes in and out:

     text[@name, @title, @subtitle?, @date, @author, @force]
       corner? (line+)  court  claim  matter*  party[@role]*  banner?  addressee? (line+)
       intro*  section[@title?] ( para (sub*) | plain | own | table | truth | sign )*

     para, sub, plain, cell: text with b and id[@type] in it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns:t="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>

	<xsl:template match="@*|node()">
		<xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
	</xsl:template>

	<xsl:template match="t:own">
		<xsl:call-template name="paragraphs">
			<xsl:with-param name="from" select="1"/>
			<xsl:with-param name="to" select="tro:paragraph-count(string(.))"/>
		</xsl:call-template>
	</xsl:template>

	<!-- Halves, so that a long statement is no deep recursion. -->
	<xsl:template name="paragraphs">
		<xsl:param name="from"/>
		<xsl:param name="to"/>
		<xsl:variable name="middle" select="floor(($from + $to) div 2)"/>
		<xsl:choose>
			<xsl:when test="$from = $to">
				<t:para own="yes"><xsl:value-of select="tro:paragraph(string(.), $from)"/></t:para>
			</xsl:when>
			<xsl:when test="$from &lt; $to">
				<xsl:call-template name="paragraphs">
					<xsl:with-param name="from" select="$from"/>
					<xsl:with-param name="to" select="$middle"/>
				</xsl:call-template>
				<xsl:call-template name="paragraphs">
					<xsl:with-param name="from" select="$middle + 1"/>
					<xsl:with-param name="to" select="$to"/>
				</xsl:call-template>
			</xsl:when>
		</xsl:choose>
	</xsl:template>
</xsl:stylesheet>
