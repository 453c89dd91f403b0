<?xml version="1.0" encoding="UTF-8"?>
<!-- The schedule of relevant items of an application: all items, whichever provider, with the place
     in the exhibits that speaks of each (SI 2017/1240 regulation 3(1)(a)). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>
	<xsl:param name="time"/>
	<xsl:key name="action" match="items/item/action" use="@code"/>

	<xsl:template match="/case">
		<text name="schedule" part="items" title="Schedule of relevant items" subtitle="To the application for drug dealing telecommunications restriction orders"
			date="{tro:local-date($time)}" author="{tro:register('forces', string(force), 'name')}" force="{force}">
			<court>In <xsl:value-of select="tro:register('courts', string(court), 'name')"/></court>
			<claim>____________________</claim>
			<section title="Relevant items">
				<table caption="Relevant items and the evidence of their use">
					<head><cell>Item</cell><cell>Identifiers</cell><cell>Provider</cell><cell>Use in connection with drug dealing offences</cell><cell>Evidence</cell><cell>Action asked for</cell></head>
					<xsl:for-each select="items/item">
						<row>
							<cell><xsl:value-of select="@n"/></cell>
							<cell><xsl:for-each select="identifier"><line><xsl:value-of select="concat(@title, ' ')"/><id type="{@type}"><xsl:value-of select="@value"/></id><xsl:if test="@dialled"> (<xsl:value-of select="translate(@dialled, ' ', '&#160;')"/>)</xsl:if></line></xsl:for-each></cell>
							<cell>
								<line><xsl:value-of select="tro:register('providers', string(provider), 'name')"/></line>
								<xsl:if test="string(checked) != ''"><line>as checked on <xsl:value-of select="tro:long-date(string(checked))"/></line></xsl:if>
							</cell>
							<cell><xsl:value-of select="tro:code('uses', string(use), 'title')"/></cell>
							<cell><xsl:value-of select="exhibit"/><xsl:if test="string(row) != ''">, row <xsl:value-of select="row"/></xsl:if><xsl:if test="string(column) != ''">, column <xsl:value-of select="column"/></xsl:if></cell>
							<cell><xsl:for-each select="action"><line><xsl:value-of select="@title"/></line></xsl:for-each></cell>
						</row>
					</xsl:for-each>
				</table>
			</section>
			<section title="Effect of the actions on calls to 999 and 112">
				<table caption="Actions asked for">
					<head><cell>Action</cell><cell>Effect on calls to 999 and 112</cell></head>
					<xsl:for-each select="items/item/action[generate-id() = generate-id(key('action', @code)[1])]">
						<row><cell><xsl:value-of select="@title"/></cell><cell><xsl:value-of select="@emergency"/></cell></row>
					</xsl:for-each>
				</table>
			</section>
		</text>
	</xsl:template>
</xsl:stylesheet>
