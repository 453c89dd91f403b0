<?xml version="1.0" encoding="UTF-8"?>
<!-- Prepares a view: says of each item which identifiers it has, what each is called and which
     actions are asked for or ordered, of each exhibit which rows are cited, and gives each order its schedule, whose rows are numbered from
     1. A schedule holds what the court ordered, or, before that, what is asked for; a row to which the
     order does not apply any more says that it is excepted. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns:tro="urn:tro:workflow:1" exclude-result-prefixes="tro">
	<xsl:output method="xml" encoding="UTF-8"/>
	<!-- Items by their order and their list of actions: hundreds of items have few lists. -->
	<xsl:key name="asked" match="items/item" use="concat(provider, ' ', normalize-space(actions))"/>
	<xsl:key name="citing" match="items/item" use="string(exhibit)"/>
	<xsl:key name="ordered" match="ordered/item" use="concat(generate-id(..), substring(@line, string-length(@ids) + 1))"/>

	<xsl:template match="@*|node()">
		<xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
	</xsl:template>

	<xsl:template match="items/item">
		<xsl:copy>
			<xsl:apply-templates select="@*|node()"/>
			<xsl:apply-templates select="." mode="identifiers"/>
			<xsl:call-template name="actions"><xsl:with-param name="codes" select="actions"/></xsl:call-template>
		</xsl:copy>
	</xsl:template>

	<!-- The rows that items cite of an exhibit. -->
	<xsl:template match="exhibits/exhibit">
		<xsl:copy>
			<xsl:apply-templates select="@*"/>
			<xsl:attribute name="cited">
				<xsl:for-each select="key('citing', string(@ref))[normalize-space(row) != '']"><xsl:value-of select="concat(row, ' ')"/></xsl:for-each>
			</xsl:attribute>
			<xsl:apply-templates select="node()"/>
		</xsl:copy>
	</xsl:template>

	<xsl:template match="order">
		<xsl:variable name="provider" select="string(provider)"/>
		<xsl:copy>
			<xsl:apply-templates select="@*|node()"/>
			<schedule>
				<xsl:choose>
					<xsl:when test="ordered">
						<xsl:for-each select="ordered/item">
							<xsl:call-template name="row"><xsl:with-param name="codes" select="substring(@line, string-length(@ids) + 2)"/></xsl:call-template>
						</xsl:for-each>
						<xsl:call-template name="distinct">
							<xsl:with-param name="codes"><xsl:for-each select="ordered/item[generate-id() = generate-id(key('ordered', concat(generate-id(..), substring(@line, string-length(@ids) + 1)))[1])]"><xsl:value-of select="concat(substring(@line, string-length(@ids) + 2), ' ')"/></xsl:for-each></xsl:with-param>
						</xsl:call-template>
					</xsl:when>
					<xsl:otherwise>
						<xsl:for-each select="/case/items/item[provider = $provider]">
							<xsl:call-template name="row"><xsl:with-param name="codes" select="actions"/></xsl:call-template>
						</xsl:for-each>
						<xsl:call-template name="distinct">
							<xsl:with-param name="codes"><xsl:for-each select="/case/items/item[provider = $provider][generate-id() = generate-id(key('asked', concat(provider, ' ', normalize-space(actions)))[1])]/actions"><xsl:value-of select="concat(., ' ')"/></xsl:for-each></xsl:with-param>
						</xsl:call-template>
					</xsl:otherwise>
				</xsl:choose>
			</schedule>
		</xsl:copy>
	</xsl:template>

	<xsl:template name="row">
		<xsl:param name="codes"/>
		<row number="{position()}" n="{@n}">
			<xsl:if test="@n = ../../exclusions/exclusion/item and not(self::item[provider])"><xsl:attribute name="excepted">yes</xsl:attribute></xsl:if>
			<xsl:apply-templates select="." mode="identifiers"/>
			<xsl:call-template name="actions"><xsl:with-param name="codes" select="$codes"/></xsl:call-template>
		</row>
	</xsl:template>

	<!-- Identifiers stand in elements of their own in an application, and in one attribute of an order
	     as made: number | IMEI | ICCID | IMSI | type of device identifier | device identifier. The line
	     of an order is that, a blank, and the actions. -->
	<xsl:template match="item" mode="identifiers">
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="'msisdn'"/><xsl:with-param name="value" select="msisdn"/></xsl:call-template>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="'imei'"/><xsl:with-param name="value" select="imei"/></xsl:call-template>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="'iccid'"/><xsl:with-param name="value" select="iccid"/></xsl:call-template>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="'imsi'"/><xsl:with-param name="value" select="imsi"/></xsl:call-template>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="device-type"/><xsl:with-param name="value" select="device"/></xsl:call-template>
	</xsl:template>

	<xsl:template match="item[@ids]" mode="identifiers">
		<xsl:variable name="r1" select="substring-after(@ids, '|')"/>
		<xsl:variable name="r2" select="substring-after($r1, '|')"/>
		<xsl:variable name="r3" select="substring-after($r2, '|')"/>
		<xsl:variable name="r4" select="substring-after($r3, '|')"/>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="'msisdn'"/><xsl:with-param name="value" select="substring-before(@ids, '|')"/></xsl:call-template>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="'imei'"/><xsl:with-param name="value" select="substring-before($r1, '|')"/></xsl:call-template>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="'iccid'"/><xsl:with-param name="value" select="substring-before($r2, '|')"/></xsl:call-template>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="'imsi'"/><xsl:with-param name="value" select="substring-before($r3, '|')"/></xsl:call-template>
		<xsl:call-template name="identifier"><xsl:with-param name="type" select="substring-before($r4, '|')"/><xsl:with-param name="value" select="substring-after($r4, '|')"/></xsl:call-template>
	</xsl:template>

	<xsl:template name="identifier">
		<xsl:param name="type"/>
		<xsl:param name="value"/>
		<xsl:if test="string($value) != ''">
			<identifier type="{$type}" value="{$value}">
				<xsl:attribute name="title">
					<xsl:choose>
						<xsl:when test="$type = 'msisdn'">Phone number</xsl:when>
						<xsl:when test="$type = 'imei'">IMEI of the handset</xsl:when>
						<xsl:when test="$type = 'iccid'">ICCID of the SIM</xsl:when>
						<xsl:when test="$type = 'imsi'">IMSI</xsl:when>
						<xsl:otherwise><xsl:value-of select="tro:code('items-other', $type, 'title')"/></xsl:otherwise>
					</xsl:choose>
				</xsl:attribute>
				<xsl:if test="$type = 'msisdn'">
					<xsl:attribute name="dialled"><xsl:value-of select="tro:number-national($value)"/></xsl:attribute>
				</xsl:if>
			</identifier>
		</xsl:if>
	</xsl:template>

	<xsl:template name="actions">
		<xsl:param name="codes"/>
		<xsl:variable name="rest" select="normalize-space($codes)"/>
		<xsl:if test="$rest != ''">
			<xsl:call-template name="action"><xsl:with-param name="code" select="substring-before(concat($rest, ' '), ' ')"/></xsl:call-template>
			<xsl:call-template name="actions"><xsl:with-param name="codes" select="substring-after($rest, ' ')"/></xsl:call-template>
		</xsl:if>
	</xsl:template>

	<xsl:template name="action">
		<xsl:param name="code"/>
		<action code="{$code}" title="{tro:code('actions', $code, 'title')}" emergency="{tro:code('actions', $code, 'emergency')}"/>
	</xsl:template>

	<!-- Each action of the schedule once, in the order in which it first comes. -->
	<xsl:template name="distinct">
		<xsl:param name="codes"/>
		<xsl:param name="seen" select="' '"/>
		<xsl:variable name="rest" select="normalize-space($codes)"/>
		<xsl:variable name="code" select="substring-before(concat($rest, ' '), ' ')"/>
		<xsl:if test="$rest != ''">
			<xsl:if test="not(contains($seen, concat(' ', $code, ' ')))">
				<xsl:call-template name="action"><xsl:with-param name="code" select="$code"/></xsl:call-template>
			</xsl:if>
			<xsl:call-template name="distinct">
				<xsl:with-param name="codes" select="substring-after($rest, ' ')"/>
				<xsl:with-param name="seen" select="concat($seen, $code, ' ')"/>
			</xsl:call-template>
		</xsl:if>
	</xsl:template>
</xsl:stylesheet>
