<?xml version="1.0" encoding="UTF-8"?>
<!-- The notice in writing that an order does not apply to an item: SI 2017/1240 regulations 3(3) and
     5(2). It gives no reason: how the applicant came to know is evidence. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns="urn:tro:text:1" xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>
	<xsl:param name="time"/>
	<xsl:param name="case-id"/>
	<xsl:variable name="case" select="/case"/>
	<xsl:variable name="force" select="tro:register('forces', string(/case/force), 'name')"/>

	<xsl:template match="/case"><xsl:apply-templates select="orders/order"/></xsl:template>

	<xsl:template match="order">
		<xsl:variable name="provider" select="string(provider)"/>
		<xsl:variable name="rows" select="schedule/row[@n = ../../exclusions/exclusion/item]"/>
		<text name="notice" part="carve-out-notice" title="Notice that an order does not apply to a relevant item"
			subtitle="Regulation 5(2) of the Drug Dealing Telecommunications Restriction Orders Regulations 2017 (SI 2017/1240)"
			date="{tro:local-date($time)}" author="{$force}" force="{$case/force}">
			<addressee>
				<line><xsl:value-of select="tro:register('providers', $provider, 'service-address')"/></line>
				<line><xsl:value-of select="tro:register('providers', $provider, 'desk')"/></line>
			</addressee>
			<claim><xsl:value-of select="made/court-reference"/></claim>
			<matter>Our case <xsl:value-of select="$case-id"/>. Order of <xsl:value-of select="tro:register('courts', string($case/court), 'name')"/> dated <xsl:value-of select="tro:long-date(string(made/date))"/></matter>
			<section>
				<para>By that order the court required you to take action as to the relevant items in its Schedule.</para>
				<para>The applicant has discovered that the item below is not being used in connection with drug dealing offences. You are informed, under regulation 5(2), that <b>the order does not apply to this item</b>.</para>
				<table caption="Item to which the order does not apply">
					<head><cell>No. in the Schedule</cell><cell>Item</cell><cell>Action that no longer applies</cell></head>
					<xsl:for-each select="$rows">
						<row>
							<cell><xsl:value-of select="@number"/></cell>
							<cell><xsl:for-each select="identifier"><line><xsl:value-of select="concat(@title, ' ')"/><id type="{@type}"><xsl:value-of select="@value"/></id><xsl:if test="@dialled"> (<xsl:value-of select="translate(@dialled, ' ', '&#160;')"/>)</xsl:if></line></xsl:for-each></cell>
							<cell><xsl:for-each select="action"><line><xsl:value-of select="@title"/></line></xsl:for-each></cell>
						</row>
					</xsl:for-each>
				</table>
				<para>If you have complied with the order as to this item already, please undo what was done, and tell us the date and time at which service was restored.</para>
				<para>This notice changes nothing as to any other item in the Schedule.</para>
			</section>
			<section>
				<plain>Given on <xsl:value-of select="tro:local($time)"/> (UK time) on behalf of the applicant, <xsl:value-of select="$force"/>.</plain>
				<plain>The applicant’s desk, at all hours: <xsl:value-of select="tro:register('forces', string($case/force), 'desk')"/>.</plain>
			</section>
		</text>
	</xsl:template>
</xsl:stylesheet>
